/** The settings of a route, in Fastify's `config`. `@Consumes` and `@ExactJson` set them for controllers. */
export interface HttpRouteConfig {
  /**
   * The media type of the bodies that the route accepts.
   * @default application/json
   */
  readonly consumes?: string;
  /**
   * Whether a body that parsing would change is refused.
   * @default false
   */
  readonly exactJson?: boolean;
  /**
   * How long the work may take, in milliseconds.
   * @default http.deadline
   */
  readonly deadlineMs?: number;
  /**
   * The label of the route in metrics, log and traces; of low cardinality.
   * @default the address of the route, as the router has it
   */
  readonly operation?: string;
}
