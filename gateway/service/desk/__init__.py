"""A person works on the desk: money that is on no claim is placed, paid back or closed."""
