import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(__dirname, '../../..');

export interface ComposeService {
  image?: string;
  build?: string;
  profiles?: string[];
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  configs?: { source: string; target: string }[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  security_opt?: string[];
  cap_drop?: string[];
  cap_add?: string[];
  read_only?: boolean;
  privileged?: boolean;
  tmpfs?: string[];
  pids_limit?: number;
  mem_limit?: string;
  logging?: { driver: string; options: Record<string, string> };
}

interface ComposeFile {
  services: Record<string, ComposeService>;
  configs: Record<string, { content: string }>;
  volumes: Record<string, unknown>;
}

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');

/** `${NAME:?message}`: a variable that has to be given. */
const REQUIRED = /\$\{(\w+):\?([^}]*)\}/g;

/** The variables that have to be given, and what Compose says where they are not. */
export const requiredVariables = new Map(
  [...text.matchAll(REQUIRED)].map(([, name, message]) => [name as string, message as string]),
);

/** As it is written. */
export const rawComposeFile = parse(text, { merge: true }) as ComposeFile;

/** With each required variable given, as `given-<NAME>`. */
export const composeFile = parse(text.replaceAll(REQUIRED, 'given-$1'), { merge: true }) as ComposeFile;

export const services = composeFile.services;

/** The services that are built from this source. */
export const tidemarkServices = Object.entries(services).filter(([, { build }]) => build !== undefined);

/** What the container's process sees: every value is text there. */
export function environmentOf({ environment = {} }: ComposeService): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
}
