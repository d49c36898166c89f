/** What one client may ask of one server. Every limit holds on HTTP and on WebSocket alike. */
export const LIMITS = {
  /**
   * bytes of an HTTP body or a WebSocket message: an order of 10,000 lines fits, so that it gets its typed
   * failure
   */
  bodyBytes: 4 * 1024 * 1024,
  /** lexical tokens of a document; large inputs belong into variables, which do not count */
  tokens: 4_000,
  /** nested levels of a selection, fragments not counted */
  depth: 10,
  /** aliases in a document, those of `__typename` too: each may repeat an expensive field */
  aliases: 30,
  directives: 50,
  /** fields that an answer, or one push of a subscription, may have over all its rows: see `OperationCost` */
  cost: 100_000,
  /** bytes of lines and histories, as they are stored, that one operation or push may read */
  storedBytes: 4 * 1024 * 1024,
  /** UTF-16 units of names and texts in an answer */
  answerLength: 8 * 1024 * 1024,
  /** values that variables may have in all: an order of 10,000 lines with all that a line takes */
  variableValues: 100_000,
  /** entries of a list in variables, such as the lines of an order */
  listEntries: 10_000,
  /** UTF-16 units of one string anywhere in a document or its variables */
  stringLength: 64 * 1024,
  /** UTF-16 units of all validated documents that are kept, and of one of them */
  cachedCharacters: { total: 256 * 1024, longest: 16 * 1024 },
  /** rows of one page of a connection, unless `first` says otherwise, and at most */
  pageSize: { default: 50, max: 1_000 },
  /** how long a query waits for a consistency token, and at most */
  consistencyTimeoutMs: { default: 5_000, max: 30_000 },
  /** shortest and usual pause between two pushes of liveMetrics */
  liveMetricsEveryMs: { default: 250, min: 20 },
  /** pushes of liveMetrics to all subscribers together: where very many watch, the pauses are longer */
  liveMetricsPushesPerSecond: 500,
  /** operations that one WebSocket runs at once */
  operationsPerSocket: 100,
  /** characters of the id that a client gives an operation: every push carries it */
  operationIdLength: 128,
  sockets: 5_000,
  /** connections of one address, HTTP and WebSocket together; those behind a proxy share its address */
  connectionsPerAddress: 2_000,
  /** bytes of requests that have not come whole and of answers that are not read, of all clients together */
  heldBytes: 64 * 1024 * 1024,
  /** of one WebSocket */
  heldBytesPerSocket: 16 * 1024 * 1024,
  /** queries that cost more than `cost` run `atOnce` of them; how long one waits for its turn */
  heavy: { cost: 5_000, atOnce: 4, waitMs: 10_000 },
  /** for a request to arrive whole */
  requestMs: 60_000,
} as const;
