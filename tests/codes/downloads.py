"""Small downloads in the publishers' own formats; codes are real, every word is invented."""

ORDER = """\
00001 A00     0 Loud cough                                                   Loud cough, all kinds
00002 A000    1 Loud cough in rain                                           Loud cough in the rain
00003 A001    1 Loud cough in snow                                           Loud cough in the snow
90000 Z9989   1 Other things                                                 Other things needed
"""

CODES = """\
A000    Loud cough in the rain
A001    Loud cough in the snow
Z9989   Other things needed
"""

CARC_COPIED = """\
1
Money the patient owes first
Start: 01/01/1995
45 More than was agreed.
Usage: 1 of 2 lines
Start: 01/01/1995 | Last Modified: 11/01/2017
Notes: see also 42
B7\tNot on the list of those we pay
Start: 01/01/1995 | Stop: 12/31/2026
309\tSomething new
Start: 11/01/2026
"""

CARC_CSV = """\
Code,Description
1,"Money the patient owes first
Start: 01/01/1995"
45,"More than was agreed, said twice
Start: 01/01/1995 | Last Modified: 11/01/2017"
B7,Not on the list of those we pay
Start: 01/01/1995 | Stop: 12/31/2026
309,"Something new
Start: 11/01/2026"
"""

CARC_PAGE = """\
<html><body><p>Codes</p><table class="code_list__code-list-table"><tbody>
<tr><td class="code">1</td><td class="description">Money the patient owes first
  <span class="dates">Start: 01/01/1995</span></td></tr>
<tr><td class="code">45</td><td>More than <b>was</b> agreed. Start: 01/01/1995 | Last Modified: 11/01/2017</td></tr>
<tr><td class="code">B7</td><td>Not one of those we pay<br>Start: 01/01/1995 | Stop: 12/31/2026</td></tr>
<tr><td class="code"> 309 </td><td>Something new Start: 11/01/2026</td></tr>
</tbody></table></body></html>
"""

CARC_ROWS = [
    ("1", "1995-01-01", ""),
    ("45", "1995-01-01", ""),
    ("B7", "1995-01-01", "2026-12-31"),
    ("309", "2026-11-01", ""),
]

PLACES_PAGE = """\
<table><tr><td>Place of Service Code(s)</td><td>Place of Service Name</td><td>Place of Service Description</td></tr>
<tr><td>02</td><td>Screen</td><td>By screen. (Effective January 1, 2017)</td></tr>
<tr><td>10</td><td>Screen at home</td><td>By screen.</td></tr>
<tr><td>11</td><td>Rooms</td><td>In rooms.</td></tr><tr><td>12</td><td>House</td><td>At the house.</td></tr>
<tr><td>28-30</td><td>Unassigned</td><td>N/A</td></tr><tr><td>59</td><td>Unassigned</td><td>N/A</td></tr>
<tr><td>67</td><td>Boat</td><td>On a boat. (Effective October 1, 2027)</td></tr>
<tr><td>99</td><td>Else</td><td>Elsewhere.</td></tr></table>
"""

TAXONOMY = """\
Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section
225100000X,Hands,Moves people,,"Says, at length,
what it is",,Mover,Individual
225X00000X,Hands,Works with people,,,,Worker,Individual
235Z00000X,Hands,Talks with people,,,,Talker,Individual
"""

PAIRS = """\
"CPT only copyright of its owner, all rights reserved."
Column1/Column2 Edits
Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale
\t\tprior to 1996\tDate\tDate\t0=not allowed
\t\t\t\t*=no data\t1=allowed
97140\t97124\t\t20000101\t*\t0\tInvented
98940\t97140\t*\t19960101\t*\t1\tInvented
97140\t97530\t\t20000101\t20191231\t1\tInvented
97110\t97112\t\t20260101\t20260101\t9\tInvented
10060\t97140\t\t20260101\t*\t1\tInvented
"""

LIMITS = """\
"Words of the owner
over two lines",,,
"HCPCS/
CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
97110,8,3 Date of Service Edit: Clinical,Invented
97140,6,3 Date of Service Edit: Clinical,Invented
97161,1,2 Date of Service Edit: Policy,Invented
"""


def hcpcs_record(code: str, record: str, added: str, terminated: str) -> str:
    """A line of the ANWEB file, in CMS's record layout."""
    begun = f"{code:>5}" if len(code) == 2 else code
    wording = "Invented words, long".ljust(80) + "Invented words"
    return f"{begun}{'00100'}{record}{wording}".ljust(268) + f"{added:8}{added:8}{terminated:8}" + "N".ljust(28)


HCPCS = "\n".join(
    (
        hcpcs_record("G0283", "3", "20010101", ""),
        hcpcs_record("G0283", "4", "", ""),
        hcpcs_record("G0129", "3", "20000101", "20251231"),
        hcpcs_record("GP", "7", "19990101", ""),
        hcpcs_record("GP", "8", "", ""),
    )
)
