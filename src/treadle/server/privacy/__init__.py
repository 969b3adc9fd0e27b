"""Which de-identification profile applies where, and the secrets of projects."""
