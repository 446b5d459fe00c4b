/** Why a thing cannot be done here, if it cannot. */
export type Obstacle = string | null;

/**
 * Runs a program in a network of its own, in which the system's resolver asks
 * a name server at 127.0.0.1 and waits for minutes: nothing answers if somebody
 * listens there and says nothing. `/mnt` is its own as well.
 */
export const SILENT_DNS: readonly string[] = [
  "unshare",
  "--map-root-user",
  "--mount",
  "--net",
  "sh",
  "-ec",
  `ip link set lo up
   mount -t tmpfs none /mnt
   echo "nameserver 127.0.0.1" > /mnt/resolv.conf
   echo "options timeout:30 attempts:5" >> /mnt/resolv.conf
   echo "hosts: files dns" > /mnt/nsswitch.conf
   mount --bind /mnt/resolv.conf /etc/resolv.conf
   mount --bind /mnt/nsswitch.conf /etc/nsswitch.conf
   exec "$@"`,
  "sh",
];

/** What stands against running something within {@linkcode SILENT_DNS}. */
export const silentDnsObstacle: Obstacle = await findObstacle();

async function findObstacle(): Promise<Obstacle> {
  const [program, ...args] = SILENT_DNS;
  try {
    const { success, stderr } = await new Deno.Command(program!, {
      args: [...args, "true"],
    }).output();
    return success ? null : new TextDecoder().decode(stderr).split("\n")[0]!;
  } catch (error) {
    return String(error);
  }
}
