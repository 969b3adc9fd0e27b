"""The platform: rooms on floors; a room imports only from floors below it."""
