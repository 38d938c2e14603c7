"""Small reusable widgets in the house style."""
