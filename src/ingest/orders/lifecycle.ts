/** What became of an order after it was placed, as far as a file says so. */
export interface LaterStep {
  does: 'pay' | 'ship' | 'deliver' | 'cancel' | 'return';
  /** Unix milliseconds */
  at: number;
}
