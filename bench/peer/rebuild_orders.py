"""Orders of an event log as a table, with `eventsourcing`: `rebuild_orders.py load|rebuild ORDERS`.

`load` writes the log, four events an order. `rebuild` folds it into a table that has been emptied, and prints
how many events that were, the seconds, and the processor time of this process for them, as JSON.
"""

import json
import sys
import time

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner


class Order(Aggregate):
    @event("Placed")
    def __init__(self, customer: str, total: int, lines: list):
        self.customer, self.total, self.lines, self.status = customer, total, lines, "PLACED"

    @event("Paid")
    def pay(self):
        self.status = "PAID"

    @event("Shipped")
    def ship(self, carrier: str):
        self.status = "SHIPPED"

    @event("Delivered")
    def deliver(self):
        self.status = "DELIVERED"


class Shop(Application):
    pass


class OrdersView(PostgresTrackingRecorder):
    def apply(self, sql, values, tracking):
        """Writes a row and the position of its event in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(sql, values, prepare=True)
            self._insert_tracking(cursor, tracking)


PLACE = "INSERT INTO bench_orders VALUES (%s, 'PLACED', 1, %s, %s, %s, %s)"
CHANGE = "UPDATE bench_orders SET status = %s, revision = %s, history = history || %s WHERE id = %s"


class Orders(Projection[OrdersView]):
    name = "orders"

    def process_event(self, domain_event, tracking):
        kind = type(domain_event).__name__
        entry = json.dumps({"type": kind, "revision": domain_event.originator_version})
        order_id = domain_event.originator_id
        if kind == "Placed":
            lines = json.dumps(domain_event.lines)
            values = (order_id, domain_event.customer, domain_event.total, lines, entry)
            self.view.apply(PLACE, values, tracking)
        else:
            values = (kind.upper(), domain_event.originator_version, "," + entry, order_id)
            self.view.apply(CHANGE, values, tracking)


def load(orders):
    shop = Shop()
    for number in range(orders):
        line = {"product": f"p{number % 2000}", "name": f"Product number {number % 2000}", "quantity": 2}
        order = Order(f"c{number % 5000}", 1990, [line, line, line])
        order.pay()
        order.ship("DHL")
        order.deliver()
        shop.save(order)


def rebuild(orders):
    began, cpu = time.perf_counter(), time.process_time()
    with ProjectionRunner(application_class=Shop, projection_class=Orders, view_class=OrdersView) as runner:
        runner.wait(4 * orders, timeout=600)
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
    print(json.dumps({"events": 4 * orders, "seconds": seconds, "cpuSeconds": used}))


if __name__ == "__main__":
    {"load": load, "rebuild": rebuild}[sys.argv[1]](int(sys.argv[2]))
