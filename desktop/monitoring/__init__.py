"""动态监测: campaigns with their lists, the sheet of a household, totals, and the register of enterprises."""
