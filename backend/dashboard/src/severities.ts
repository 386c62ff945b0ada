import type { Severity } from './api';

/** From the least to the gravest. */
export const severities: readonly Severity[] = ['info', 'warning', 'high', 'critical'];
