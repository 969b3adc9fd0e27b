"""`python -m treadle.connector.receive plain:FD tls:FD`: a receiver process, started by the connector only."""

from treadle.connector.receive.process import main

main()
