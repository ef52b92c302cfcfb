"""The portal's WSGI entry point on the tests' day; the clock runs."""

import time_machine
from django.core.wsgi import get_wsgi_application

from tests.plumbing.clock import NOW

time_machine.travel(NOW, tick=True).start()
application = get_wsgi_application()
