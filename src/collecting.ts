/** How V8 collects young objects in this process. */
import { setFlagsFromString } from 'node:v8';

/**
 * Every thread collects its young objects by itself; before the first worker starts. V8 would have helper threads take part,
 * and wait for each of them: there is a worker for each core, and while others work on the cores, what takes 0.3 ms by itself
 * takes 3 to 10 (decision 39). All requests of a thread wait meanwhile.
 */
export const collectAlone = (): void => setFlagsFromString('--no-parallel-scavenge');
