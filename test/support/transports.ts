import type { Answer, Json, TestApi } from './api';

/** Sends one operation, and gives its answer or the errors that it was refused with. */
export type Send = (api: TestApi, query: string, variables?: object) => Promise<Answer<Json>>;

const overHttp: Send = (api, query, variables) => api.post(query, variables);

/** Over a WebSocket of its own, which has no status: a refusal has 400 here. */
const overWebSocket: Send = (api, query, variables) =>
  new Promise((resolve, reject) => {
    let answer: Answer<Json> | undefined;
    api.connect().subscribe(
      { query, variables: variables as Record<string, unknown> },
      {
        next: (result) => {
          answer = result as Answer<Json>;
        },
        error: (errors) =>
          Array.isArray(errors)
            ? resolve({ status: 400, errors: errors as Answer<Json>['errors'] })
            : reject(errors),
        complete: () => resolve(answer ?? { status: 0 }),
      },
    );
  });

/** For `describe.each`: what holds on one holds on the other. */
export const TRANSPORTS = [
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
] as const;
