import { type Kysely, sql } from 'kysely';

/**
 * What schedulers weigh besides capacity: metrics that hosts report, guests that failed to start in a row, and how much a host's servers keep
 * it busy. The last two change with servers, so a server that begins or ends such work marks its host as changed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE compute_nodes
      ADD COLUMN failed_builds integer NOT NULL DEFAULT 0 CHECK (failed_builds >= 0),
      ADD COLUMN metrics jsonb NOT NULL DEFAULT '{}'`.execute(db);
  await sql`
    CREATE FUNCTION keeps_disks_busy(vm_state text, task_state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
      SELECT vm_state = 'building' OR coalesce(task_state IN (
        'rebuilding', 'rebuild_block_device_mapping', 'rebuild_spawning', 'resize_prep', 'resize_migrating', 'resize_migrated', 'resize_finish',
        'image_snapshot_pending', 'image_snapshot', 'image_pending_upload', 'image_uploading', 'image_backup', 'migrating',
        'rescuing', 'unrescuing', 'shelving', 'shelving_image_pending_upload', 'shelving_image_uploading', 'unshelving'), false)
    $$`.execute(db);
  await sql`
    CREATE FUNCTION server_work_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM note_host_change(host) FROM (SELECT host FROM placements WHERE server_id = NEW.id ORDER BY host) AS place;
      -- A guest that starts shows that the host can make guests.
      IF OLD.vm_state = 'building' AND NEW.vm_state = 'active' THEN
        UPDATE compute_nodes SET failed_builds = 0 WHERE host = NEW.host AND failed_builds > 0;
      END IF;
      RETURN NULL;
    END $$`.execute(db);
  // A server that moves is on two hosts. A placement that comes or goes is noted with its inventory.
  await sql`
    CREATE TRIGGER note_change AFTER UPDATE OF vm_state, task_state ON servers FOR EACH ROW
    WHEN (NEW.host IS NOT NULL AND keeps_disks_busy(OLD.vm_state, OLD.task_state) <> keeps_disks_busy(NEW.vm_state, NEW.task_state))
    EXECUTE FUNCTION server_work_changed()`.execute(db);
}
