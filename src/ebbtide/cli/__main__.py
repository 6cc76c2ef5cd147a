"""`python -m ebbtide.cli`, for where no script is installed."""

import sys

from ebbtide.cli import main

sys.exit(main())
