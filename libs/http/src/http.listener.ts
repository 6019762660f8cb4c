import { type ConfigHandle, InjectConfig } from '@app/config';
import { listenOrExplain } from '@app/lifecycle';
import { type INestApplication, Injectable } from '@nestjs/common';
import { type HttpConfig, httpConfig } from './http.config.js';

@Injectable()
export class HttpListener {
  constructor(@InjectConfig(httpConfig) private readonly config: ConfigHandle<HttpConfig>) {}

  async listen(app: INestApplication): Promise<void> {
    const { port, host } = this.config.current;
    await listenOrExplain('HTTP', { section: 'http', host, port }, () => app.listen(port, host));
  }
}
