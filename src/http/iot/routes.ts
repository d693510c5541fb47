import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../observe/log.ts';
import { devicesRoutes } from './devices.ts';
import { readingsRoutes } from './readings.ts';
import { answerIotErrors } from './refusals.ts';
import { refusedReadingsRoutes } from './refused-readings.ts';
import type { IotService } from './service.ts';
import { serviceGroupsRoutes } from './service-groups.ts';
import { uplinksRoutes } from './uplinks.ts';

/** Everything below `/iot`: devices, and what they send. Errors are as IoT Agents have them. */
export async function iotRoutes(app: FastifyInstance, service: IotService, log: Logger): Promise<void> {
  await app.register(async (iot) => {
    answerIotErrors(iot, log);
    iot.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    serviceGroupsRoutes(iot, service);
    devicesRoutes(iot, service);
    readingsRoutes(iot, service);
    refusedReadingsRoutes(iot, service);
    uplinksRoutes(iot, service);
  });
}
