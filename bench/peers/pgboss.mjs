// Jobs a second through pg-boss: sent beforehand, fetched and completed in batches.
// usage: pgboss.mjs URL JOBS BATCH
import PgBoss from 'pg-boss';

const [url, count, size] = process.argv.slice(2);
const jobs = Number(count);
const batchSize = Number(size);
const boss = new PgBoss({ connectionString: url, max: 8 });
boss.on('error', console.error);
await boss.start();
await boss.createQueue('bench');
for (let done = 0; done < jobs; done += 1000) {
  await boss.insert(Array.from({ length: Math.min(1000, jobs - done) }, (_, i) => ({
    name: 'bench', data: { n: done + i },
  })));
}
const begun = process.hrtime.bigint();
const drain = async () => {
  for (;;) {
    const batch = await boss.fetch('bench', { batchSize });
    if (!batch || batch.length === 0) return;
    await boss.complete('bench', batch.map((job) => job.id));
  }
};
await Promise.all(Array.from({ length: 8 }, drain));
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
console.log(JSON.stringify({ name: `pg-boss, batches of ${batchSize}`, per_second: Math.round(jobs / seconds) }));
await boss.stop({ graceful: false });
