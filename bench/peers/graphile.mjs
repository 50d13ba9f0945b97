// Jobs a second through graphile-worker: added beforehand, taken, run (they do nothing), deleted.
// usage: graphile.mjs URL JOBS default|local
import { runMigrations, makeWorkerUtils, run } from 'graphile-worker';

const [connectionString, count, mode] = process.argv.slice(2);
const jobs = Number(count);
await runMigrations({ connectionString });
const utils = await makeWorkerUtils({ connectionString });
for (let done = 0; done < jobs; done += 1000) {
  const batch = Array.from({ length: Math.min(1000, jobs - done) }, (_, i) => ({
    identifier: 'nothing', payload: { n: done + i },
  }));
  await utils.addJobs(batch);
}
let left = jobs;
let over;
const end = new Promise((resolve) => { over = resolve; });
const silent = { info() {}, warn() {}, debug() {}, error: console.error };
const { Logger } = await import('graphile-worker');
const preset = mode === 'local' ? { worker: { localQueue: { size: 500 } } } : {};
const begun = process.hrtime.bigint();
const runner = await run({
  connectionString,
  concurrency: 24,
  noHandleSignals: true,
  logger: new Logger(() => (level, message) => silent[level]?.(message)),
  taskList: { nothing: () => { if (--left === 0) over(); } },
  preset,
});
await end;
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
console.log(JSON.stringify({ name: `graphile-worker, ${mode}`, per_second: Math.round(jobs / seconds) }));
await runner.stop();
await utils.release();
