"""`python -m treadle.connector.receive FD`: a receiver process, started by the connector only."""

from treadle.connector.receive.process import main

main()
