import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endWhenSilent } from '../../src/adapters/mqtt/keep-alive.ts';

function aConnection() {
  const state = { isHeldUp: false };
  const socket = Object.assign(new EventEmitter(), { bytesRead: 0, destroy: vi.fn() });
  endWhenSilent(socket as unknown as Socket, 10, () => state.isHeldUp);
  return { socket, state };
}

describe('A connection with a keep-alive of ten seconds', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is ended after fifteen seconds of silence, and not before [MQTT-3.1.2-24]', () => {
    const { socket } = aConnection();
    vi.advanceTimersByTime(14_000);
    socket.bytesRead += 2;
    vi.advanceTimersByTime(15_000);
    expect(socket.destroy).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5000);
    expect(socket.destroy).toHaveBeenCalledOnce();
  });

  it('is not ended while it is not read from', () => {
    const { socket, state } = aConnection();
    state.isHeldUp = true;
    vi.advanceTimersByTime(60_000);
    state.isHeldUp = false;
    vi.advanceTimersByTime(10_000);
    expect(socket.destroy).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5000);
    expect(socket.destroy).toHaveBeenCalledOnce();
  });

  it('leaves no timer behind when it ends', () => {
    const { socket } = aConnection();
    socket.emit('close');
    expect(vi.getTimerCount()).toBe(0);
  });
});
