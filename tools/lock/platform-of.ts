import type { LockedPackage } from './missing-platforms.ts';

const SYSTEMS: Record<string, string> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  freebsd: 'freebsd',
  android: 'android',
  openharmony: 'openharmony',
};

const PROCESSORS: readonly (readonly [RegExp, string])[] = [
  [/wasm32/, 'wasm32'],
  [/aarch64|arm64/, 'arm64'],
  [/armv7|arm-|armeabi|arm$/, 'arm'],
  [/x64/, 'x64'],
  [/ia32/, 'ia32'],
  [/ppc64/, 'ppc64'],
  [/riscv64/, 'riscv64'],
  [/s390x/, 's390x'],
  [/loong64/, 'loong64'],
];

/** Where a build runs, as its name tells: `@swc/core-linux-arm64-musl`. */
export function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const words = name.split('/').at(-1)?.split(/[-_]/) ?? [];
  const os = words.map((word) => SYSTEMS[word]).find((system) => system !== undefined);
  const [, cpu] = PROCESSORS.find(([pattern]) => pattern.test(name)) ?? [];
  const libc =
    os !== 'linux' ? undefined : /musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) };
}
