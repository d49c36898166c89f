// A worker without work: it beats, and does what its role says. Its parent is a spec.
const [role] = process.argv.slice(2);
const beat = () => process.send({ kind: 'beat', beat: { cpuSeconds: 1.5, residentBytes: 1000 } });
setInterval(beat, 50);
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', ({ kind, environment }) => {
  if (kind === 'stop' && role !== 'deaf') process.exit();
  if (kind === 'work')
    process.stdout.write(`{"role":"${role}","shop":"${environment.SHOP}"}\nnot an entry\n`);
  if (role === 'fails') process.send({ kind: 'failed', reason: 'the lake is dry' }, () => process.exit(1));
  if (role === 'hangs') for (;;);
  beat();
});
