"""The council's policies and short guidance. Knows no concerns and no contacts."""
