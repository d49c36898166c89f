import { SEGMENTS } from '../../domain/rfm';

/** A segment is a string and no enum: its names have spaces. This is how the schema tells them. */
export const SEGMENT_NAMES = `One of: ${SEGMENTS.join(', ')}.`;
