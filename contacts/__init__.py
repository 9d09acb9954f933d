"""Whom to call at this minute: agencies, their lines and hours. Knows no concerns."""
