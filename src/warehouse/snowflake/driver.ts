import { AsyncLocalStorage } from 'node:async_hooks';
import type * as Sdk from 'snowflake-sdk';

/** What the driver's requests may do while a call of ours is waiting for them. */
export interface RequestLimits {
  /** ends the requests, and the retries of those that failed */
  signal: AbortSignal;
  /** of one request that got no answer, or 429 or 5xx */
  retries: number;
}

interface Driver {
  sdk: typeof Sdk;
  /** Runs a call of the driver; its requests keep within the limits. */
  within<T>(limits: RequestLimits, call: () => T): T;
}

/** The parts of the driver's requests that we set. */
interface DriverRequest {
  signal?: AbortSignal;
  snowflakeRetryConfig?: { maxRetries?: number };
}

let loaded: Driver | undefined;

/**
 * The driver, loaded on first use: it is large. It writes no log file, looks for no cloud that it might run
 * in and loads no native library.
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
  // The driver by itself repeats a request for hours, and a statement that was cancelled goes on being
  // repeated.
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
