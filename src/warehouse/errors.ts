/** The warehouse cannot do what was asked. The message says what, where and, if known, what to do. */
export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
}
