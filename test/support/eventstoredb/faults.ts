/** What the double does wrong, and how often yet. All of it is what servers have been seen to do. */
export interface Faults {
  /** appends refused because the server is starting: in-band on the batch path, code 14 on the other */
  notReady: number;
  /** appends that are written, but answered with a commit timeout */
  timeoutAfterWrite: number;
  /** appends that are written, after which every connection is cut before the answer */
  cutAfterWrite: number;
  /** appends that are written, but never answered */
  silentAfterWrite: number;
  /** calls that append and fail with this gRPC code, nothing written */
  appendCode: { code: number; times: number };
  /** appends refused because another node is the leader, which is named as this one */
  notLeader: number;
  /** appends that are written and answered so much later */
  slowAnswer: { ms: number; times: number };
  /** subscriptions say twice that they have caught up */
  caughtUpTwice: boolean;
  /** filtered subscriptions give 2^64-1 as checkpoint when they have caught up */
  endlessCheckpoint: boolean;
  /** subscriptions give nothing that is appended after they have caught up */
  deafSubscriptions: boolean;
  /** questions for the server's features fail with this gRPC code */
  featuresCode: { code: number; times: number };
  /** false: as before 21.6, the server has no batch call */
  batchAppend: boolean;
  /** bytes of one append */
  maxAppendSize: number;
  /**
   * As on a disk: a deleted stream that was begun anew is found so much later than the append is answered.
   * Milliseconds
   */
  undeleteMs: number;
}

export const NO_FAULTS: Faults = {
  notReady: 0,
  timeoutAfterWrite: 0,
  cutAfterWrite: 0,
  silentAfterWrite: 0,
  appendCode: { code: 0, times: 0 },
  notLeader: 0,
  slowAnswer: { ms: 0, times: 0 },
  caughtUpTwice: false,
  endlessCheckpoint: false,
  deafSubscriptions: false,
  featuresCode: { code: 0, times: 0 },
  batchAppend: true,
  maxAppendSize: 1_048_576,
  undeleteMs: 0,
};

/** What the double has been asked to do. */
export interface Census {
  append: number;
  batchAppend: number;
  features: number;
  subscriptions: number;
  /** events of $all that reads and subscriptions had it look at */
  scanned: number;
}

/** From the spec to the double. */
export type Command = { set: Partial<Faults> } | { census: true } | { port: number } | { strangers: number };

/** From the double to the spec. */
export type Report = { listening: number } | { done: true } | { census: Census } | { cut: true };
