"""One function per thing a clerk does; the only door for the screen and the command line."""
