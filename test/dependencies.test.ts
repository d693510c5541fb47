import { readFileSync } from 'node:fs';
import { minVersion, satisfies } from 'semver';
import { expect, test } from 'vitest';

interface Manifest {
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Manifest>>;
};
const installed = Object.entries(packages).filter(([path]) => path !== '');

test('every package that `npm ci` installs runs on the oldest Node that is promised', () => {
  const oldest = minVersion(manifest.engines?.node ?? '')?.version ?? '';
  const unfit = installed.filter(([, { engines }]) => !satisfies(oldest, engines?.node ?? '*'));
  expect(unfit.map(([path, { engines }]) => `${path} wants Node ${engines?.node}`)).toEqual([]);
});

test('no package runs a script when it is installed, so that none needs a compiler or a download', () => {
  const scripted = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.slice('node_modules/'.length));
  expect(scripted.filter((name) => manifest.allowScripts?.[name] !== false)).toEqual([]);
});
