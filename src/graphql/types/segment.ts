import { SEGMENTS } from '../../domain/rfm';

/** For descriptions: a segment is a string, because an enum's names cannot have spaces. */
export const SEGMENT_NAMES = `One of: ${SEGMENTS.join(', ')}.`;
