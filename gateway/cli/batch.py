"""gateway batch"""

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status, worst


@click.group()
def batch() -> None:
    """Plan and seal 837P files."""


@batch.command(epilog="Example: gateway batch plan")
@click.option("--partner", default="", help="Only this trading partner.")
@show.json_option
@click.pass_obj
def plan(place: Place, partner: str, as_json: bool) -> int:
    """Say which files would be sealed now; take no number, change nothing."""
    from gateway.money import shown
    from gateway.service.outbound.batch import plan_batches

    with place.office() as office:
        planned = plan_batches(office, partner=partner)
    if as_json:
        show.as_object(planned=planned)
    else:
        rows = [(one.partner, one.claims, shown(one.charge)) for one in planned]
        show.table(["partner", "claims", "charge"], rows, empty="no claim is ready")
    return Status.DONE


@batch.command(epilog="Example: gateway batch seal --partner northgate")
@click.option("--partner", default="", help="Only this trading partner.")
@show.json_option
@click.pass_obj
def seal(place: Place, partner: str, as_json: bool) -> int:
    """Write every ready claim into a file for its partner. From then on the file's bytes never change."""
    from gateway.service.outbound.batch import seal_batches

    with place.office() as office:
        sealed = seal_batches(office, partner=partner)
    if as_json:
        refused = [{"partner": name, "why": str(why)} for name, why in sealed.refused]
        show.as_object(files=sealed.files, claims=sealed.claims, unwritable=sealed.unwritable, refused=refused)
    else:
        say(f"{show.counted(sealed.claims, 'claim')} sealed into {show.counted(len(sealed.files), 'file')}")
        for file in sealed.files:
            say(f"  {file.name} for {file.partner}: {file.size} bytes, interchange {file.interchange:09d}")
        for one in sealed.unwritable:
            say(f"claim {one.pcn} of visit {one.visit} cannot be written: {one.why}")
        for _, why in sealed.refused:
            say(f"{why}", err=True)
    return worst((why for _, why in sealed.refused), attention=bool(sealed.unwritable))
