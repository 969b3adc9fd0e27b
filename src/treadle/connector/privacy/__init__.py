"""De-identification on the way from the spool to the server (deid.md 5.3, connector.md 10)."""
