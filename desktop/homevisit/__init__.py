"""The kitchen table: a visit written on the whole screen with large targets, its photos, signature and incomes."""
