"""帮扶 on screen: grants of a household and of the office, sources of money, payment lists."""
