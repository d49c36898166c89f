/** Another process holds the lease, or its term is over. Nothing more may be sent. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** To go on would lose, double or move events. An operator must act first; the message says how. */
export class BridgeBlockedError extends Error {
  override readonly name = 'BridgeBlockedError';
}

/** The broker refuses a batch of this size. */
export class BatchRefusedError extends Error {
  override readonly name = 'BatchRefusedError';
}
