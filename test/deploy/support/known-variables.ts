import { type Environment, loadConfig } from '../../../src/runtime/config';

/** The names that the configuration asks the environment for. */
export function knownVariables(): Set<string> {
  const asked = new Set<string>();
  const env = new Proxy<Environment>({}, { get: (_, name) => void asked.add(String(name)) });
  loadConfig(env);
  return asked;
}
