"""Parts of the year calendar: its lines, and handing it to a phone's calendar."""
