// The map's colours for light and dark: WebGL reads no style sheet. States are told apart by shape as well, see icons.ts.
import type { DeviceState } from '../api';

export interface MapColours {
  sea: string; land: string; coast: string; border: string; grid: string; gridText: string;
  text: string; halo: string; track: string; fence: string; cluster: string; clusterText: string; accuracy: string;
  state: Record<DeviceState, string>;
}

export const light: MapColours = {
  sea: '#dfe9ee', land: '#f7f6f1', coast: '#9db2bd', border: '#c9cfc9', grid: '#d3dcdf', gridText: '#6b7f88',
  text: '#16211f', halo: '#ffffff', track: '#0f766e', fence: '#0f766e', cluster: '#33545a', clusterText: '#ffffff', accuracy: '#0f766e',
  state: { moving: '#0f766e', still: '#3f6212', 'planned-silence': '#55658a', overdue: '#9a5b00', alert: '#b91c1c', 'never-heard': '#6b7280', hidden: '#6b7280' },
};

export const dark: MapColours = {
  sea: '#0d1418', land: '#182126', coast: '#3d525c', border: '#2b393f', grid: '#1f2c32', gridText: '#7d939c',
  text: '#e6eeec', halo: '#0d1418', track: '#2dd4bf', fence: '#2dd4bf', cluster: '#b5d5d0', clusterText: '#0d1418', accuracy: '#2dd4bf',
  state: { moving: '#2dd4bf', still: '#a3d977', 'planned-silence': '#9fb2e0', overdue: '#fbbf24', alert: '#f87171', 'never-heard': '#9ca3af', hidden: '#9ca3af' },
};

export const scheme = matchMedia('(prefers-color-scheme: dark)');

export const colours = (): MapColours => scheme.matches ? dark : light;
