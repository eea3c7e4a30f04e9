"""`python -m tests.clockwork SECONDS …`: Celery on a clock so much ahead of the real one."""

import sys
import time

import time_machine
from celery.__main__ import main

if __name__ == "__main__":
    time_machine.travel(time.time() + float(sys.argv[1]), tick=True).start()
    sys.argv = ["celery", *sys.argv[2:]]
    main()
