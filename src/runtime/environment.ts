import { config } from 'dotenv';

/**
 * Adds the variables of `.env` in the working directory, where there is one; what the environment says
 * already stays.
 */
export function readDotenv(): void {
  config({ quiet: true });
}
