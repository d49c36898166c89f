/** Another process has the lease, or it ran out. Nothing more may be sent. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Going on would lose, double or move events. Somebody has to do something first; the message says what. */
export class BridgeBlockedError extends Error {
  override readonly name = 'BridgeBlockedError';
}

/** The broker does not take a batch of this size. */
export class BatchRefusedError extends Error {
  override readonly name = 'BatchRefusedError';
}
