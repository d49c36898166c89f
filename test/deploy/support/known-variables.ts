import { readConfig } from '../../../src/runtime/config';
import type { Environment } from '../../../src/runtime/config-reader';

/** The names that the configuration asks the environment for. */
export function knownVariables(): Set<string> {
  const asked = new Set<string>();
  const env = new Proxy<Environment>({}, { get: (_, name) => void asked.add(String(name)) });
  readConfig(env);
  return asked;
}
