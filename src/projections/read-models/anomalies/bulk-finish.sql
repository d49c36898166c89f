ANALYZE anomaly_orders, anomaly_cancelled;

-- Each cancellation finds its order, placed before it. Another one is kept here without its place in the log,
-- which NOT NULL refuses.
WITH gone AS (
  DELETE FROM anomaly_orders o USING anomaly_cancelled c
   WHERE o.order_id = c.order_id AND o.position < c.position
  RETURNING c.order_id, c.position
)
INSERT INTO anomaly_cancelled (order_id, position)
SELECT c.order_id, NULL FROM anomaly_cancelled c
 WHERE NOT EXISTS (SELECT FROM gone g WHERE g.order_id = c.order_id AND g.position = c.position);

DROP TABLE anomaly_cancelled;
