import { AsyncLocalStorage } from 'node:async_hooks';
import type * as Sdk from 'snowflake-sdk';

/** Limits of the driver's requests while one of our calls waits for them. */
export interface RequestLimits {
  /** ends the requests, and their retries */
  signal: AbortSignal;
  /** how often a request is repeated that got no answer, 429 or 5xx */
  retries: number;
}

interface Driver {
  sdk: typeof Sdk;
  /** Runs a call of the driver within these limits. */
  within<T>(limits: RequestLimits, call: () => T): T;
}

/** The settings of a driver's request that we change. */
interface DriverRequest {
  signal?: AbortSignal;
  snowflakeRetryConfig?: { maxRetries?: number };
}

let loaded: Driver | undefined;

/**
 * The driver, loaded on first use because it is large. It writes no log file, does not probe for a cloud that
 * it runs in, and loads no native library.
 */
export function driver(): Driver {
  loaded ??= load();
  return loaded;
}

function load(): Driver {
  process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION ??= 'true';
  process.env.SNOWFLAKE_DISABLE_MINICORE ??= 'true';
  process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE ??= 'true';
  const sdk = require('snowflake-sdk') as typeof Sdk;
  sdk.configure({ logLevel: 'OFF' });
  const current = new AsyncLocalStorage<RequestLimits>();
  // Left alone, the driver repeats a request for hours, also for a statement that was cancelled.
  const { default: http } = require('snowflake-sdk/dist/lib/http/axios_instance') as {
    default: { interceptors: { request: { use(change: (request: DriverRequest) => DriverRequest): void } } };
  };
  http.interceptors.request.use((request) => {
    const limits = current.getStore();
    if (limits === undefined) return request;
    const signals = request.signal ? [request.signal, limits.signal] : [limits.signal];
    return {
      ...request,
      signal: AbortSignal.any(signals),
      snowflakeRetryConfig: { ...request.snowflakeRetryConfig, maxRetries: limits.retries },
    };
  });
  return { sdk, within: (limits, call) => current.run(limits, call) };
}
