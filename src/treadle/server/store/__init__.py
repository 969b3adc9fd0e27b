"""PostgreSQL connection, transaction, migrations, outbox and the blob store."""
