SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.compute_nodes_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        OLD.updated_at := NEW.updated_at;
        OLD."uptime" := NEW."uptime";
        IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NULL; END IF;
      END IF;
      PERFORM note_host_change(CASE TG_OP WHEN 'DELETE' THEN OLD.host ELSE NEW.host END);
      RETURN NULL;
    END $$;
CREATE FUNCTION public.note_host_change(changed_host text) RETURNS void
    LANGUAGE sql
    AS $$
      INSERT INTO host_changes (host) VALUES (changed_host)
      ON CONFLICT (host) DO UPDATE SET changed_in = excluded.changed_in WHERE host_changes.changed_in <> excluded.changed_in
    $$;
CREATE FUNCTION public.services_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        OLD.updated_at := NEW.updated_at;
        OLD."seen_at" := NEW."seen_at";
        IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NULL; END IF;
      END IF;
      PERFORM note_host_change(CASE TG_OP WHEN 'DELETE' THEN OLD.host ELSE NEW.host END);
      RETURN NULL;
    END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.claims (
    server_id uuid NOT NULL,
    host text NOT NULL,
    vcpus integer NOT NULL,
    memory_mb integer NOT NULL,
    local_gb integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.cloud_secrets (
    name text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.compute_nodes (
    id uuid NOT NULL,
    number integer NOT NULL,
    host text NOT NULL,
    node text NOT NULL,
    host_ip text NOT NULL,
    vcpus integer NOT NULL,
    memory_mb integer NOT NULL,
    local_gb integer NOT NULL,
    vcpus_used integer DEFAULT 0 NOT NULL,
    memory_mb_used integer DEFAULT 0 NOT NULL,
    local_gb_used integer DEFAULT 0 NOT NULL,
    cpu_allocation_ratio double precision NOT NULL,
    ram_allocation_ratio double precision NOT NULL,
    disk_allocation_ratio double precision NOT NULL,
    reserved_memory_mb integer NOT NULL,
    hypervisor_type text NOT NULL,
    hypervisor_version integer NOT NULL,
    cpu_info jsonb NOT NULL,
    supported_instances jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    uptime text,
    CONSTRAINT compute_nodes_local_gb_used_check CHECK ((local_gb_used >= 0)),
    CONSTRAINT compute_nodes_memory_mb_used_check CHECK ((memory_mb_used >= 0)),
    CONSTRAINT compute_nodes_vcpus_used_check CHECK ((vcpus_used >= 0))
);
ALTER TABLE public.compute_nodes ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.compute_nodes_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.domain_role_assignments (
    user_id text NOT NULL,
    domain_id text NOT NULL,
    role_id text NOT NULL
);
CREATE TABLE public.domains (
    id text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    enabled boolean DEFAULT true NOT NULL
);
CREATE TABLE public.events (
    seq bigint NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    project_id text,
    request_id text NOT NULL,
    payload jsonb NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.events ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.flavor_projects (
    flavor_id text NOT NULL,
    project_id text NOT NULL
);
CREATE TABLE public.flavors (
    id text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    vcpus integer NOT NULL,
    ram_mb integer NOT NULL,
    root_gb integer NOT NULL,
    ephemeral_gb integer NOT NULL,
    swap_mb integer NOT NULL,
    rxtx_factor double precision NOT NULL,
    is_public boolean NOT NULL,
    disabled boolean NOT NULL,
    description text,
    extra_specs jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.flavors ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.flavors_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.host_changes (
    host text NOT NULL,
    changed_in xid8 DEFAULT pg_current_xact_id() NOT NULL
);
CREATE TABLE public.idempotency_keys (
    project_id text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer,
    headers jsonb,
    body text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    reserved_until timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.image_members (
    image_id uuid NOT NULL,
    member text NOT NULL,
    status text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT image_members_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'rejected'::text])))
);
CREATE TABLE public.images (
    id uuid NOT NULL,
    number integer NOT NULL,
    name text,
    owner text NOT NULL,
    visibility text NOT NULL,
    status text NOT NULL,
    upload text,
    protected boolean NOT NULL,
    hidden boolean NOT NULL,
    disk_format text,
    container_format text,
    min_disk_gb integer NOT NULL,
    min_ram_mb integer NOT NULL,
    tags jsonb NOT NULL,
    properties jsonb NOT NULL,
    size_bytes bigint,
    virtual_size_bytes bigint,
    md5 text,
    sha512 text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    uploader text,
    CONSTRAINT active_has_data CHECK (((status <> ALL (ARRAY['active'::text, 'deactivated'::text])) OR ((size_bytes IS NOT NULL) AND (sha512 IS NOT NULL)))),
    CONSTRAINT images_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'saving'::text, 'active'::text, 'deactivated'::text, 'deleted'::text]))),
    CONSTRAINT images_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'private'::text, 'shared'::text, 'community'::text]))),
    CONSTRAINT saving_has_an_upload CHECK (((status = 'saving'::text) = (upload IS NOT NULL)))
);
ALTER TABLE public.images ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.images_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.instance_action_events (
    id bigint NOT NULL,
    server_id uuid NOT NULL,
    request_id text NOT NULL,
    workflow_id text NOT NULL,
    step text NOT NULL,
    event text NOT NULL,
    host text,
    result text,
    traceback text,
    details text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone
);
ALTER TABLE public.instance_action_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.instance_action_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.instance_actions (
    id integer NOT NULL,
    server_id uuid NOT NULL,
    action text NOT NULL,
    request_id text NOT NULL,
    user_id text,
    project_id text,
    message text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone
);
ALTER TABLE public.instance_actions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.instance_actions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ip_allocations (
    subnet_id uuid NOT NULL,
    ip_address inet NOT NULL,
    port_id uuid NOT NULL
);
CREATE TABLE public.keypairs (
    id integer NOT NULL,
    user_id text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    fingerprint text NOT NULL,
    public_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.keypairs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.keypairs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.kysely_migration (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);
CREATE TABLE public.kysely_migration_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.login_failures (
    subject text NOT NULL,
    failures integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone NOT NULL
);
CREATE TABLE public.network_quotas (
    project_id text NOT NULL,
    resource text NOT NULL,
    hard_limit integer NOT NULL,
    CONSTRAINT network_quotas_hard_limit_check CHECK ((hard_limit >= '-1'::integer))
);
CREATE TABLE public.networks (
    id uuid NOT NULL,
    number integer NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    shared boolean DEFAULT false NOT NULL,
    external boolean DEFAULT false NOT NULL,
    admin_state_up boolean DEFAULT true NOT NULL,
    port_security_enabled boolean DEFAULT true NOT NULL,
    mtu integer NOT NULL,
    bridge text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.networks ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.networks_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.port_security_groups (
    port_id uuid NOT NULL,
    group_id uuid NOT NULL
);
CREATE TABLE public.ports (
    id uuid NOT NULL,
    number integer NOT NULL,
    project_id text NOT NULL,
    network_id uuid NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    mac_address text NOT NULL,
    admin_state_up boolean DEFAULT true NOT NULL,
    status text DEFAULT 'DOWN'::text NOT NULL,
    device_id text DEFAULT ''::text NOT NULL,
    device_owner text DEFAULT ''::text NOT NULL,
    server_id uuid,
    server_index integer,
    made_for_server boolean DEFAULT false NOT NULL,
    hostname text DEFAULT ''::text NOT NULL,
    host text,
    port_security_enabled boolean DEFAULT true NOT NULL,
    allowed_address_pairs jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT only_a_port_of_a_server_is_on_a_host CHECK (((host IS NULL) OR (server_id IS NOT NULL)))
);
ALTER TABLE public.ports ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ports_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.projects (
    id text NOT NULL,
    domain_id text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    parent_id text,
    tags jsonb DEFAULT '[]'::jsonb NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL
);
CREATE TABLE public.quota_limits (
    class_name text,
    project_id text,
    user_id text,
    resource text NOT NULL,
    hard_limit integer NOT NULL,
    CONSTRAINT of_a_class_or_of_a_project CHECK (((class_name IS NULL) <> (project_id IS NULL))),
    CONSTRAINT quota_limits_hard_limit_check CHECK ((hard_limit >= '-1'::integer)),
    CONSTRAINT users_are_limited_in_a_project CHECK (((user_id IS NULL) OR (project_id IS NOT NULL)))
);
CREATE TABLE public.request_hops (
    request_id text NOT NULL,
    span_id text NOT NULL,
    parent_span_id text,
    service text NOT NULL,
    what text NOT NULL,
    host text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    duration_ms double precision NOT NULL,
    outcome text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.revoked_tokens (
    audit_id text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.role_assignments (
    user_id text NOT NULL,
    project_id text NOT NULL,
    role_id text NOT NULL
);
CREATE TABLE public.roles (
    id text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.scheduling_decisions (
    id uuid NOT NULL,
    server_id uuid NOT NULL,
    request_id text NOT NULL,
    chosen text,
    alternates jsonb NOT NULL,
    refusals jsonb NOT NULL,
    weights jsonb NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.security_group_rules (
    id uuid NOT NULL,
    number integer NOT NULL,
    group_id uuid NOT NULL,
    project_id text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    direction text NOT NULL,
    ethertype text NOT NULL,
    protocol text,
    port_min integer,
    port_max integer,
    remote_cidr cidr,
    remote_group_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT one_remote CHECK (((remote_cidr IS NULL) OR (remote_group_id IS NULL))),
    CONSTRAINT security_group_rules_direction_check CHECK ((direction = ANY (ARRAY['ingress'::text, 'egress'::text]))),
    CONSTRAINT security_group_rules_ethertype_check CHECK ((ethertype = ANY (ARRAY['IPv4'::text, 'IPv6'::text])))
);
ALTER TABLE public.security_group_rules ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.security_group_rules_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.security_groups (
    id uuid NOT NULL,
    number integer NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.security_groups ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.security_groups_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.servers (
    id uuid NOT NULL,
    number integer NOT NULL,
    project_id text NOT NULL,
    user_id text NOT NULL,
    name text NOT NULL,
    description text,
    hostname text NOT NULL,
    vm_state text NOT NULL,
    task_state text,
    power_state text DEFAULT 'pending'::text NOT NULL,
    workflow_id text,
    host text,
    node text,
    requested_zone text,
    zone text,
    flavor jsonb NOT NULL,
    image jsonb,
    key_name text,
    public_key text,
    user_data text,
    metadata jsonb NOT NULL,
    tags jsonb NOT NULL,
    scheduler_hints jsonb NOT NULL,
    security_groups jsonb NOT NULL,
    network_info jsonb NOT NULL,
    config_drive boolean NOT NULL,
    disk_config text NOT NULL,
    access_ip_v4 text,
    access_ip_v6 text,
    progress integer DEFAULT 0 NOT NULL,
    locked_by text,
    locked_reason text,
    reservation_id text NOT NULL,
    launch_index integer NOT NULL,
    root_device_name text,
    fault jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    launched_at timestamp with time zone,
    terminated_at timestamp with time zone,
    files jsonb DEFAULT '[]'::jsonb NOT NULL,
    trusted_certificates jsonb,
    guest_name_template text DEFAULT 'instance-%08x'::text NOT NULL,
    CONSTRAINT task_state_has_a_workflow CHECK (((task_state IS NULL) = (workflow_id IS NULL)))
);
ALTER TABLE public.servers ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.servers_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.services (
    id uuid NOT NULL,
    number integer NOT NULL,
    "binary" text NOT NULL,
    host text NOT NULL,
    zone text NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    disabled_reason text,
    forced_down boolean DEFAULT false NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.services ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.services_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.subnets (
    id uuid NOT NULL,
    number integer NOT NULL,
    network_id uuid NOT NULL,
    project_id text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    ip_version smallint NOT NULL,
    cidr cidr NOT NULL,
    gateway_ip inet,
    enable_dhcp boolean DEFAULT true NOT NULL,
    allocation_pools jsonb NOT NULL,
    dns_nameservers jsonb NOT NULL,
    host_routes jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    host_ip inet,
    CONSTRAINT subnets_check CHECK ((family((cidr)::inet) = ip_version)),
    CONSTRAINT subnets_ip_version_check CHECK ((ip_version = ANY (ARRAY[4, 6])))
);
ALTER TABLE public.subnets ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.subnets_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.token_keys (
    id text NOT NULL,
    secret text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.users (
    id text NOT NULL,
    domain_id text NOT NULL,
    name text NOT NULL,
    password_hash text,
    default_project_id text,
    email text,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    description text,
    generation integer DEFAULT 0 NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL
);
CREATE TABLE public.workflow_reports (
    task_id text NOT NULL,
    workflow_id text NOT NULL,
    outcome jsonb NOT NULL,
    reported_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.workflow_steps (
    workflow_id text NOT NULL,
    step text NOT NULL,
    phase text NOT NULL,
    output jsonb,
    error jsonb,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT workflow_steps_phase_check CHECK ((phase = ANY (ARRAY['done'::text, 'failed'::text, 'undone'::text])))
);
CREATE TABLE public.workflows (
    id text NOT NULL,
    seq bigint NOT NULL,
    definition text NOT NULL,
    subject text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    input jsonb NOT NULL,
    ctx jsonb NOT NULL,
    cancel_requested boolean DEFAULT false NOT NULL,
    owner text,
    generation integer DEFAULT 0 NOT NULL,
    step text,
    attempt integer DEFAULT 0 NOT NULL,
    failure jsonb,
    last_error jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT workflows_check CHECK (((status = ANY (ARRAY['done'::text, 'undone'::text, 'superseded'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT workflows_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'unwinding'::text, 'done'::text, 'undone'::text, 'superseded'::text])))
)
WITH (fillfactor='60');
ALTER TABLE public.workflows ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.workflows_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO public.claims VALUES ('825656e5-4ad9-47f1-940c-ea31879ea8a2', 'compute-3', 1, 128, 1, '2026-11-30 02:51:41.247547+00');
INSERT INTO public.claims VALUES ('40908d2c-d1f6-4996-9776-41022532c19b', 'compute-2', 2, 96, 5, '2026-11-30 02:51:42.187326+00');
INSERT INTO public.claims VALUES ('86faa464-5753-43c1-a020-869146b48f5c', 'compute-1', 1, 128, 1, '2026-11-30 02:51:42.805575+00');
INSERT INTO public.claims VALUES ('ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'compute-3', 1, 128, 1, '2026-11-30 02:51:43.351122+00');
INSERT INTO public.compute_nodes OVERRIDING SYSTEM VALUE VALUES ('7f01f833-0b8b-44aa-a2c9-362f4ca3e898', 2, 'compute-2', 'compute-2', '127.0.0.1', 1000, 800000, 600000, 2, 96, 5, 4, 1, 1, 512, 'fake', 1000000, '{"arch": "x86_64", "model": "simulated", "vendor": "nova-ts", "features": [], "topology": {"cores": 1, "sockets": 1000, "threads": 1}}', '[["x86_64", "fake", "hvm"]]', '2026-11-30 02:51:38.619603+00', '2026-11-30 02:51:38.619603+00', ' 02:51:38 up 1:11,  0 users,  load average: 12.61, 14.71, 13.23');
INSERT INTO public.compute_nodes OVERRIDING SYSTEM VALUE VALUES ('aba9950b-9788-4d57-be8e-3a2f4797a088', 3, 'compute-3', 'compute-3', '127.0.0.1', 1000, 800000, 600000, 2, 256, 2, 4, 1, 1, 512, 'fake', 1000000, '{"arch": "x86_64", "model": "simulated", "vendor": "nova-ts", "features": [], "topology": {"cores": 1, "sockets": 1000, "threads": 1}}', '[["x86_64", "fake", "hvm"]]', '2026-11-30 02:51:38.619603+00', '2026-11-30 02:51:38.619603+00', ' 02:51:38 up 1:11,  0 users,  load average: 12.61, 14.71, 13.23');
INSERT INTO public.compute_nodes OVERRIDING SYSTEM VALUE VALUES ('42b9d3c3-d334-42b2-9a9f-e57de4831d84', 1, 'compute-1', 'compute-1', '127.0.0.1', 1000, 800000, 600000, 1, 128, 1, 4, 1, 1, 512, 'fake', 1000000, '{"arch": "x86_64", "model": "simulated", "vendor": "nova-ts", "features": [], "topology": {"cores": 1, "sockets": 1000, "threads": 1}}', '[["x86_64", "fake", "hvm"]]', '2026-11-30 02:51:38.619603+00', '2026-11-30 02:51:38.619603+00', ' 02:51:38 up 1:11,  0 users,  load average: 12.61, 14.71, 13.23');
INSERT INTO public.domains VALUES ('default', 'Default', '', true);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 'keypair.create', '1', '96461795e9bb69e8609114238202b413', 'req-8dea3e1a-752c-4fd7-9500-89fe585e0427', '{}', '2026-11-30 02:51:40.611115+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 'flavor.create', 'odd', 'c747c5df855621c2a61116a881495aa4', 'req-9f2559b6-484b-416a-9be4-f20967763f5d', '{}', '2026-11-30 02:51:40.764531+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 'flavor.create', 'huge', 'c747c5df855621c2a61116a881495aa4', 'req-fcb1269f-80ec-4ff8-a30a-eb0826d59ecb', '{}', '2026-11-30 02:51:40.79063+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 'server.create', '825656e5-4ad9-47f1-940c-ea31879ea8a2', '96461795e9bb69e8609114238202b413', 'req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775', '{}', '2026-11-30 02:51:40.998164+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 'server.active', '825656e5-4ad9-47f1-940c-ea31879ea8a2', '96461795e9bb69e8609114238202b413', 'req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775', '{}', '2026-11-30 02:51:41.896472+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 'server.create', '40908d2c-d1f6-4996-9776-41022532c19b', '96461795e9bb69e8609114238202b413', 'req-14722645-b3a6-4740-ba79-49c7483d7e48', '{}', '2026-11-30 02:51:42.092876+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 'server.active', '40908d2c-d1f6-4996-9776-41022532c19b', '96461795e9bb69e8609114238202b413', 'req-14722645-b3a6-4740-ba79-49c7483d7e48', '{}', '2026-11-30 02:51:42.420654+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 'server.stop', '40908d2c-d1f6-4996-9776-41022532c19b', '96461795e9bb69e8609114238202b413', 'req-d965dbc1-46a6-4b00-b01e-83abfde080bd', '{}', '2026-11-30 02:51:42.552515+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 'server.stopped', '40908d2c-d1f6-4996-9776-41022532c19b', '96461795e9bb69e8609114238202b413', 'req-d965dbc1-46a6-4b00-b01e-83abfde080bd', '{}', '2026-11-30 02:51:42.623737+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 'server.create', '86faa464-5753-43c1-a020-869146b48f5c', '96461795e9bb69e8609114238202b413', 'req-9fe076ec-b433-4dad-a781-a8100e201caa', '{}', '2026-11-30 02:51:42.745993+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 'server.active', '86faa464-5753-43c1-a020-869146b48f5c', '96461795e9bb69e8609114238202b413', 'req-9fe076ec-b433-4dad-a781-a8100e201caa', '{}', '2026-11-30 02:51:42.906038+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 'server.pause', '86faa464-5753-43c1-a020-869146b48f5c', '96461795e9bb69e8609114238202b413', 'req-71a17d8b-ecff-4105-bfd9-4afd1c76551c', '{}', '2026-11-30 02:51:43.010856+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 'server.paused', '86faa464-5753-43c1-a020-869146b48f5c', '96461795e9bb69e8609114238202b413', 'req-71a17d8b-ecff-4105-bfd9-4afd1c76551c', '{}', '2026-11-30 02:51:43.035571+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 'server.create', '0a477e5a-32b1-4cd7-8256-748ecf5d5564', '96461795e9bb69e8609114238202b413', 'req-7dce08dd-885d-4d89-81f5-744e6bad39ed', '{}', '2026-11-30 02:51:43.167633+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 'server.error', '0a477e5a-32b1-4cd7-8256-748ecf5d5564', '96461795e9bb69e8609114238202b413', 'req-7dce08dd-885d-4d89-81f5-744e6bad39ed', '{}', '2026-11-30 02:51:43.197228+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 'server.create', 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', '96461795e9bb69e8609114238202b413', 'req-7a9cf772-79e2-4ce8-8fcf-b562caebf027', '{}', '2026-11-30 02:51:43.330077+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 'server.active', 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', '96461795e9bb69e8609114238202b413', 'req-7a9cf772-79e2-4ce8-8fcf-b562caebf027', '{}', '2026-11-30 02:51:43.417583+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 'server.resetState', 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', '96461795e9bb69e8609114238202b413', 'req-3aa4c40b-1584-45e6-8f53-a5ce52c2b7cd', '{}', '2026-11-30 02:51:43.459798+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 'server.create', '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', '96461795e9bb69e8609114238202b413', 'req-28d870d2-4a69-4997-8fe8-1ff42bb486a6', '{}', '2026-11-30 02:51:43.493993+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 'server.active', '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', '96461795e9bb69e8609114238202b413', 'req-28d870d2-4a69-4997-8fe8-1ff42bb486a6', '{}', '2026-11-30 02:51:43.566898+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 'server.delete', '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', '96461795e9bb69e8609114238202b413', 'req-67ef3731-d780-4aed-b0c4-a160b426f25b', '{}', '2026-11-30 02:51:43.636949+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 'server.deleted', '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', '96461795e9bb69e8609114238202b413', 'req-67ef3731-d780-4aed-b0c4-a160b426f25b', '{}', '2026-11-30 02:51:43.684467+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('1', 1, 'm1.tiny', 1, 512, 1, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:37.924907+00', '2026-11-30 02:51:37.924907+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('2', 2, 'm1.small', 1, 2048, 20, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:37.932402+00', '2026-11-30 02:51:37.932402+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('3', 3, 'm1.medium', 2, 4096, 40, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:37.933939+00', '2026-11-30 02:51:37.933939+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('4', 4, 'm1.large', 4, 8192, 80, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:37.934809+00', '2026-11-30 02:51:37.934809+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('5', 5, 'm1.xlarge', 8, 16384, 160, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:37.941478+00', '2026-11-30 02:51:37.941478+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('42', 6, 'm1.nano', 1, 128, 1, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:37.943079+00', '2026-11-30 02:51:37.943079+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('84', 7, 'm1.micro', 1, 192, 1, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:37.943652+00', '2026-11-30 02:51:37.943652+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('odd', 8, 'odd', 2, 96, 1, 2, 1500, 1, true, false, NULL, '{}', '2026-11-30 02:51:40.764531+00', '2026-11-30 02:51:40.764531+00');
INSERT INTO public.flavors OVERRIDING SYSTEM VALUE VALUES ('huge', 9, 'huge', 1, 64, 1000000, 0, 0, 1, true, false, NULL, '{}', '2026-11-30 02:51:40.79063+00', '2026-11-30 02:51:40.79063+00');
INSERT INTO public.host_changes VALUES ('compute', '750');
INSERT INTO public.host_changes VALUES ('compute-2', '789');
INSERT INTO public.host_changes VALUES ('compute-3', '842');
INSERT INTO public.host_changes VALUES ('compute-1', '877');
INSERT INTO public.images OVERRIDING SYSTEM VALUE VALUES ('5c9a6e38-5344-4772-978a-f368ab554c42', 1, 'tiny', 'c747c5df855621c2a61116a881495aa4', 'public', 'active', NULL, false, false, 'raw', 'bare', 0, 0, '[]', '{}', 65536, 65536, 'fcd6bcb56c1689fcef28b57c22475bad', '73e4153936dab198397b74ee9efc26093dda721eaab2f8d92786891153b45b04265a161b169c988edb0db2c53124607b6eaaa816559c5ce54f3dbc9fa6a7a4b2', '2026-11-30 02:51:38.013532+00', '2026-11-30 02:51:38.069598+00', NULL, NULL);
INSERT INTO public.images OVERRIDING SYSTEM VALUE VALUES ('5aad6ba8-71d7-42ec-8bef-ade9e70462d4', 2, 'without data', '96461795e9bb69e8609114238202b413', 'shared', 'queued', NULL, false, false, 'raw', 'bare', 0, 0, '[]', '{}', NULL, NULL, NULL, NULL, '2026-11-30 02:51:40.427588+00', '2026-11-30 02:51:40.427588+00', NULL, NULL);
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (1, '825656e5-4ad9-47f1-940c-ea31879ea8a2', 'req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775', 'f9df430c-a545-4c1a-85da-500235c15228', 'target', 'conductor_select_destinations', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:41.151346+00', '2026-11-30 02:51:41.226404+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (2, '825656e5-4ad9-47f1-940c-ea31879ea8a2', 'req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775', 'f9df430c-a545-4c1a-85da-500235c15228', 'ports', 'conductor_allocate_networks', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:41.308867+00', '2026-11-30 02:51:41.47866+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (3, '825656e5-4ad9-47f1-940c-ea31879ea8a2', 'req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775', 'f9df430c-a545-4c1a-85da-500235c15228', 'guest', 'compute__do_build_and_run_instance', 'compute-3', 'Success', NULL, NULL, '2026-11-30 02:51:41.518265+00', '2026-11-30 02:51:41.871002+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (4, '40908d2c-d1f6-4996-9776-41022532c19b', 'req-14722645-b3a6-4740-ba79-49c7483d7e48', '2463346d-39ef-46f5-9eac-27e6e5e6725c', 'target', 'conductor_select_destinations', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:42.149646+00', '2026-11-30 02:51:42.181289+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (5, '40908d2c-d1f6-4996-9776-41022532c19b', 'req-14722645-b3a6-4740-ba79-49c7483d7e48', '2463346d-39ef-46f5-9eac-27e6e5e6725c', 'ports', 'conductor_allocate_networks', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:42.233034+00', '2026-11-30 02:51:42.307723+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (6, '40908d2c-d1f6-4996-9776-41022532c19b', 'req-14722645-b3a6-4740-ba79-49c7483d7e48', '2463346d-39ef-46f5-9eac-27e6e5e6725c', 'guest', 'compute__do_build_and_run_instance', 'compute-2', 'Success', NULL, NULL, '2026-11-30 02:51:42.362217+00', '2026-11-30 02:51:42.410788+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (7, '40908d2c-d1f6-4996-9776-41022532c19b', 'req-d965dbc1-46a6-4b00-b01e-83abfde080bd', 'e2cf839f-9d47-4af1-be88-d2a60ded52be', 'perform', 'compute_stop_instance', 'compute-2', 'Success', NULL, NULL, '2026-11-30 02:51:42.563901+00', '2026-11-30 02:51:42.619186+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (8, '86faa464-5753-43c1-a020-869146b48f5c', 'req-9fe076ec-b433-4dad-a781-a8100e201caa', '8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'target', 'conductor_select_destinations', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:42.766956+00', '2026-11-30 02:51:42.786566+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (9, '86faa464-5753-43c1-a020-869146b48f5c', 'req-9fe076ec-b433-4dad-a781-a8100e201caa', '8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'ports', 'conductor_allocate_networks', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:42.818928+00', '2026-11-30 02:51:42.857649+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (10, '86faa464-5753-43c1-a020-869146b48f5c', 'req-9fe076ec-b433-4dad-a781-a8100e201caa', '8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'guest', 'compute__do_build_and_run_instance', 'compute-1', 'Success', NULL, NULL, '2026-11-30 02:51:42.866801+00', '2026-11-30 02:51:42.900636+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (11, '86faa464-5753-43c1-a020-869146b48f5c', 'req-71a17d8b-ecff-4105-bfd9-4afd1c76551c', 'c2e11397-1d0b-48ea-a2b2-534f19bceb65', 'perform', 'compute_pause_instance', 'compute-1', 'Success', NULL, NULL, '2026-11-30 02:51:43.015673+00', '2026-11-30 02:51:43.034193+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (12, '0a477e5a-32b1-4cd7-8256-748ecf5d5564', 'req-7dce08dd-885d-4d89-81f5-744e6bad39ed', '57db4e73-8f8d-485d-832a-4e8e7ba3956c', 'target', 'conductor_select_destinations', NULL, 'Error', 'NoValidHost: No valid host was found. DiskFilter refused 3 of 3 hosts: 599999 GB of disk free, 1000000 GB wanted (2), 599995 GB of disk free, 1000000 GB wanted (1).
    at Object.assign.code.code (file:///tmp/placements-base/src/lib/errors/error-type.ts:35:56)
    at Object.do (file:///tmp/placements-base/src/conductor/workflows/boot/boot-server.ts:26:49)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)
    at async Tracer.around (file:///tmp/placements-base/src/lib/trace/tracer.ts:59:22)
    at async settled (file:///tmp/placements-base/src/lib/workflow/try-step.ts:111:12)
    at async file:///tmp/placements-base/src/lib/workflow/try-step.ts:46:14
    at async Run.interruptible (file:///tmp/placements-base/src/lib/workflow/run.ts:95:14)
    at async persist (file:///tmp/placements-base/src/lib/workflow/drive.ts:87:21)
    at async act (file:///tmp/placements-base/src/lib/workflow/drive.ts:65:19)
    at async drive (file:///tmp/placements-base/src/lib/workflow/drive.ts:43:20)', 'No valid host was found. DiskFilter refused 3 of 3 hosts: 599999 GB of disk free, 1000000 GB wanted (2), 599995 GB of disk free, 1000000 GB wanted (1).', '2026-11-30 02:51:43.180988+00', '2026-11-30 02:51:43.194292+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (13, 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'req-7a9cf772-79e2-4ce8-8fcf-b562caebf027', '862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'target', 'conductor_select_destinations', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:43.337287+00', '2026-11-30 02:51:43.348069+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (14, 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'req-7a9cf772-79e2-4ce8-8fcf-b562caebf027', '862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'ports', 'conductor_allocate_networks', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:43.360095+00', '2026-11-30 02:51:43.38525+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (15, 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'req-7a9cf772-79e2-4ce8-8fcf-b562caebf027', '862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'guest', 'compute__do_build_and_run_instance', 'compute-3', 'Success', NULL, NULL, '2026-11-30 02:51:43.394891+00', '2026-11-30 02:51:43.414227+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (16, '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'req-28d870d2-4a69-4997-8fe8-1ff42bb486a6', '6dbda053-f5c3-43d0-9741-78a819774db2', 'target', 'conductor_select_destinations', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:43.500777+00', '2026-11-30 02:51:43.513947+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (17, '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'req-28d870d2-4a69-4997-8fe8-1ff42bb486a6', '6dbda053-f5c3-43d0-9741-78a819774db2', 'ports', 'conductor_allocate_networks', NULL, 'Success', NULL, NULL, '2026-11-30 02:51:43.518158+00', '2026-11-30 02:51:43.549915+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (18, '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'req-28d870d2-4a69-4997-8fe8-1ff42bb486a6', '6dbda053-f5c3-43d0-9741-78a819774db2', 'guest', 'compute__do_build_and_run_instance', 'compute-1', 'Success', NULL, NULL, '2026-11-30 02:51:43.556461+00', '2026-11-30 02:51:43.565695+00');
INSERT INTO public.instance_action_events OVERRIDING SYSTEM VALUE VALUES (19, '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'req-67ef3731-d780-4aed-b0c4-a160b426f25b', 'a6f524bd-c846-49ad-81a9-852a194ff242', 'guest', 'compute_terminate_instance', 'compute-1', 'Success', NULL, NULL, '2026-11-30 02:51:43.64207+00', '2026-11-30 02:51:43.661487+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (1, '825656e5-4ad9-47f1-940c-ea31879ea8a2', 'create', 'req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:40.998164+00', '2026-11-30 02:51:41.896472+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (2, '40908d2c-d1f6-4996-9776-41022532c19b', 'create', 'req-14722645-b3a6-4740-ba79-49c7483d7e48', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:42.092876+00', '2026-11-30 02:51:42.420654+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (3, '40908d2c-d1f6-4996-9776-41022532c19b', 'stop', 'req-d965dbc1-46a6-4b00-b01e-83abfde080bd', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:42.552515+00', '2026-11-30 02:51:42.623737+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (4, '86faa464-5753-43c1-a020-869146b48f5c', 'create', 'req-9fe076ec-b433-4dad-a781-a8100e201caa', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:42.745993+00', '2026-11-30 02:51:42.906038+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (5, '86faa464-5753-43c1-a020-869146b48f5c', 'pause', 'req-71a17d8b-ecff-4105-bfd9-4afd1c76551c', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:43.010856+00', '2026-11-30 02:51:43.035571+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (6, '0a477e5a-32b1-4cd7-8256-748ecf5d5564', 'create', 'req-7dce08dd-885d-4d89-81f5-744e6bad39ed', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', 'Error', '2026-11-30 02:51:43.167633+00', '2026-11-30 02:51:43.197228+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (7, 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'create', 'req-7a9cf772-79e2-4ce8-8fcf-b562caebf027', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:43.330077+00', '2026-11-30 02:51:43.417583+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (8, 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'resetState', 'req-3aa4c40b-1584-45e6-8f53-a5ce52c2b7cd', 'cfcf6f26b512247d9dfb89a0f7fc0ce0', 'c747c5df855621c2a61116a881495aa4', NULL, '2026-11-30 02:51:43.459798+00', '2026-11-30 02:51:43.459798+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (9, '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'create', 'req-28d870d2-4a69-4997-8fe8-1ff42bb486a6', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:43.493993+00', '2026-11-30 02:51:43.566898+00');
INSERT INTO public.instance_actions OVERRIDING SYSTEM VALUE VALUES (10, '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'delete', 'req-67ef3731-d780-4aed-b0c4-a160b426f25b', '0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', NULL, '2026-11-30 02:51:43.636949+00', '2026-11-30 02:51:43.684467+00');
INSERT INTO public.ip_allocations VALUES ('d829daf6-6674-4573-8804-a4b947cb6bd1', '10.20.0.2', 'd1e1c47d-aae2-4a77-9254-579bc9bee2b1');
INSERT INTO public.ip_allocations VALUES ('d829daf6-6674-4573-8804-a4b947cb6bd1', '10.20.0.3', '518637d8-ed6c-43af-bdc8-77ba1c521c02');
INSERT INTO public.ip_allocations VALUES ('d829daf6-6674-4573-8804-a4b947cb6bd1', '10.20.0.4', 'dc6b51c7-cac9-4440-a22e-e576b84ba7b0');
INSERT INTO public.ip_allocations VALUES ('d829daf6-6674-4573-8804-a4b947cb6bd1', '10.20.0.5', 'bd7b8c2b-bf4f-49a3-8e38-223cb26f7930');
INSERT INTO public.keypairs OVERRIDING SYSTEM VALUE VALUES (1, '0a258273ff0e718c5038a0f2fa3d15ad', 'key', 'ssh', '49:2e:bf:c8:c6:0e:ba:f3:44:0c:6b:33:3a:91:93:26', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCW+0I1xrK5zfM7KghjwovDvOKveix2FqA4A8yGb4+Vgmzboe5U9e6rNNbpPbd4edH4OBCtY1gDKabuLVW2QZ4Uhj65SsTnirbGyX7CprcRRdlbxIdGcifYBrIgrmXuNVxjHwD7bL+VXkZym6IimTdd61IzCNOhG16IQ1R7xW6j/lX+0xLo4xexD7gZPSrZvBKNTJMg5dPjPutbBW2A+bq3Z33bN4lCcEv3Umrdz2t1ntRyqGDfxcG2NX9/9cB0BF1ncHsGLUUAtjoJzy7XCu/fqeQFnEPbuveZI+mx+m85/Hzjxhv24mTyAAQomgbS2rHNtELPZ3FdsXs1Gid5IKlP Generated-by-Nova', '2026-11-30 02:51:40.611115+00');
INSERT INTO public.kysely_migration VALUES ('0001-identity', '2026-11-30T02:51:36.409Z');
INSERT INTO public.kysely_migration VALUES ('0002-workflow', '2026-11-30T02:51:36.444Z');
INSERT INTO public.kysely_migration VALUES ('0003-trace', '2026-11-30T02:51:36.456Z');
INSERT INTO public.kysely_migration VALUES ('0004-image', '2026-11-30T02:51:36.474Z');
INSERT INTO public.kysely_migration VALUES ('0005-compute', '2026-11-30T02:51:36.614Z');
INSERT INTO public.kysely_migration VALUES ('0006-network', '2026-11-30T02:51:36.766Z');
INSERT INTO public.kysely_migration VALUES ('0007-cloud-secrets', '2026-11-30T02:51:36.777Z');
INSERT INTO public.kysely_migration VALUES ('0008-identity-admin', '2026-11-30T02:51:36.815Z');
INSERT INTO public.kysely_migration VALUES ('0009-image-members', '2026-11-30T02:51:36.830Z');
INSERT INTO public.kysely_migration VALUES ('0010-quotas', '2026-11-30T02:51:36.840Z');
INSERT INTO public.kysely_migration VALUES ('0011-server-details', '2026-11-30T02:51:36.857Z');
INSERT INTO public.kysely_migration VALUES ('0012-identity-extra', '2026-11-30T02:51:36.860Z');
INSERT INTO public.kysely_migration VALUES ('0013-network-quotas', '2026-11-30T02:51:36.866Z');
INSERT INTO public.kysely_migration VALUES ('0014-history', '2026-11-30T02:51:36.871Z');
INSERT INTO public.kysely_migration VALUES ('0015-guest-names', '2026-11-30T02:51:36.872Z');
INSERT INTO public.kysely_migration VALUES ('0016-host-changes', '2026-11-30T02:51:36.889Z');
INSERT INTO public.kysely_migration_lock VALUES ('migration_lock', 0);
INSERT INTO public.networks OVERRIDING SYSTEM VALUE VALUES ('d94231c7-87fa-4232-9bed-9695724923f2', 1, 'c747c5df855621c2a61116a881495aa4', 'private', '', true, false, true, true, 1500, NULL, '2026-11-30 02:51:37.948967+00', '2026-11-30 02:51:37.948967+00');
INSERT INTO public.port_security_groups VALUES ('d1e1c47d-aae2-4a77-9254-579bc9bee2b1', 'fddf926b-2c57-49e7-9bbe-4c151585c81a');
INSERT INTO public.port_security_groups VALUES ('518637d8-ed6c-43af-bdc8-77ba1c521c02', '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f');
INSERT INTO public.port_security_groups VALUES ('dc6b51c7-cac9-4440-a22e-e576b84ba7b0', '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f');
INSERT INTO public.port_security_groups VALUES ('bd7b8c2b-bf4f-49a3-8e38-223cb26f7930', '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f');
INSERT INTO public.ports OVERRIDING SYSTEM VALUE VALUES ('d1e1c47d-aae2-4a77-9254-579bc9bee2b1', 1, '96461795e9bb69e8609114238202b413', 'd94231c7-87fa-4232-9bed-9695724923f2', '', '', 'fa:16:3e:44:07:54', true, 'ACTIVE', '825656e5-4ad9-47f1-940c-ea31879ea8a2', 'compute:nova', '825656e5-4ad9-47f1-940c-ea31879ea8a2', 0, true, 'active', 'compute-3', true, '[]', '2026-11-30 02:51:41.339253+00', '2026-11-30 02:51:41.495828+00');
INSERT INTO public.ports OVERRIDING SYSTEM VALUE VALUES ('518637d8-ed6c-43af-bdc8-77ba1c521c02', 2, '96461795e9bb69e8609114238202b413', 'd94231c7-87fa-4232-9bed-9695724923f2', '', '', 'fa:16:3e:f9:e8:fe', true, 'ACTIVE', '40908d2c-d1f6-4996-9776-41022532c19b', 'compute:nova', '40908d2c-d1f6-4996-9776-41022532c19b', 0, true, 'stopped', 'compute-2', true, '[]', '2026-11-30 02:51:42.242923+00', '2026-11-30 02:51:42.325338+00');
INSERT INTO public.ports OVERRIDING SYSTEM VALUE VALUES ('dc6b51c7-cac9-4440-a22e-e576b84ba7b0', 3, '96461795e9bb69e8609114238202b413', 'd94231c7-87fa-4232-9bed-9695724923f2', '', '', 'fa:16:3e:52:f6:55', true, 'ACTIVE', '86faa464-5753-43c1-a020-869146b48f5c', 'compute:nova', '86faa464-5753-43c1-a020-869146b48f5c', 0, true, 'paused', 'compute-1', true, '[]', '2026-11-30 02:51:42.830465+00', '2026-11-30 02:51:42.860428+00');
INSERT INTO public.ports OVERRIDING SYSTEM VALUE VALUES ('bd7b8c2b-bf4f-49a3-8e38-223cb26f7930', 4, '96461795e9bb69e8609114238202b413', 'd94231c7-87fa-4232-9bed-9695724923f2', '', '', 'fa:16:3e:02:37:0b', true, 'ACTIVE', 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'compute:nova', 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 0, true, 'broken', 'compute-3', true, '[]', '2026-11-30 02:51:43.364652+00', '2026-11-30 02:51:43.388094+00');
INSERT INTO public.projects VALUES ('c747c5df855621c2a61116a881495aa4', 'default', 'admin', '', true, '2026-11-30 02:51:37.864866+00', NULL, '[]', '{}');
INSERT INTO public.projects VALUES ('96461795e9bb69e8609114238202b413', 'default', 'demo', '', true, '2026-11-30 02:51:37.864866+00', NULL, '[]', '{}');
INSERT INTO public.role_assignments VALUES ('cfcf6f26b512247d9dfb89a0f7fc0ce0', 'c747c5df855621c2a61116a881495aa4', 'c68d356ca6e8f5b627ab637b0e608417');
INSERT INTO public.role_assignments VALUES ('cfcf6f26b512247d9dfb89a0f7fc0ce0', 'c747c5df855621c2a61116a881495aa4', 'b0e7c200fe951b84a3bafa7f097d0350');
INSERT INTO public.role_assignments VALUES ('cfcf6f26b512247d9dfb89a0f7fc0ce0', 'c747c5df855621c2a61116a881495aa4', '8e2288e32c410ae7de09a59ccbf3e9b5');
INSERT INTO public.role_assignments VALUES ('cfcf6f26b512247d9dfb89a0f7fc0ce0', 'c747c5df855621c2a61116a881495aa4', '32b3d426170ce95227f00121fb7a1579');
INSERT INTO public.role_assignments VALUES ('0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', '8e2288e32c410ae7de09a59ccbf3e9b5');
INSERT INTO public.role_assignments VALUES ('0a258273ff0e718c5038a0f2fa3d15ad', '96461795e9bb69e8609114238202b413', '32b3d426170ce95227f00121fb7a1579');
INSERT INTO public.roles VALUES ('c68d356ca6e8f5b627ab637b0e608417', 'admin', '');
INSERT INTO public.roles VALUES ('b0e7c200fe951b84a3bafa7f097d0350', 'manager', '');
INSERT INTO public.roles VALUES ('8e2288e32c410ae7de09a59ccbf3e9b5', 'member', '');
INSERT INTO public.roles VALUES ('32b3d426170ce95227f00121fb7a1579', 'reader', '');
INSERT INTO public.roles VALUES ('fa3acf475fdb141c42c4159ea1fb2e89', 'service', '');
INSERT INTO public.scheduling_decisions VALUES ('2b234c41-b292-42e5-9e1b-efd6eca9d033', '825656e5-4ad9-47f1-940c-ea31879ea8a2', 'req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775', 'compute-3', '["compute-1", "compute-2"]', '[]', '[{"host": "compute-3", "weight": 3}, {"host": "compute-1", "weight": 3}, {"host": "compute-2", "weight": 3}]', '2026-11-30 02:51:41.216661+00');
INSERT INTO public.scheduling_decisions VALUES ('1d4242c1-b504-48bc-8fb2-d126fea213ef', '40908d2c-d1f6-4996-9776-41022532c19b', 'req-14722645-b3a6-4740-ba79-49c7483d7e48', 'compute-2', '["compute-1", "compute-3"]', '[]', '[{"host": "compute-2", "weight": 3}, {"host": "compute-1", "weight": 3}, {"host": "compute-3", "weight": 2.9995882308677553}]', '2026-11-30 02:51:42.177899+00');
INSERT INTO public.scheduling_decisions VALUES ('bef7e8f2-f5bc-4f8e-ad6c-3f15777384ab', '86faa464-5753-43c1-a020-869146b48f5c', 'req-9fe076ec-b433-4dad-a781-a8100e201caa', 'compute-1', '["compute-3", "compute-2"]', '[]', '[{"host": "compute-1", "weight": 3}, {"host": "compute-3", "weight": 2.9995882308677553}, {"host": "compute-2", "weight": 2.999371589817483}]', '2026-11-30 02:51:42.779938+00');
INSERT INTO public.scheduling_decisions VALUES ('e66b0007-f522-42ae-b79a-450669d81a70', '0a477e5a-32b1-4cd7-8256-748ecf5d5564', 'req-7dce08dd-885d-4d89-81f5-744e6bad39ed', NULL, '[]', '[{"seen": 3, "filter": "DiskFilter", "reasons": [{"hosts": 2, "because": "599999 GB of disk free, 1000000 GB wanted", "examples": ["compute-1", "compute-3"]}, {"hosts": 1, "because": "599995 GB of disk free, 1000000 GB wanted", "examples": ["compute-2"]}], "refused": 3, "otherReasons": 0}]', '[]', '2026-11-30 02:51:43.189925+00');
INSERT INTO public.scheduling_decisions VALUES ('9c6f209e-b2a7-4041-83e8-9e875a629f22', 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'req-7a9cf772-79e2-4ce8-8fcf-b562caebf027', 'compute-3', '["compute-1", "compute-2"]', '[]', '[{"host": "compute-3", "weight": 2.9999599695768784}, {"host": "compute-1", "weight": 2.9999599695768784}, {"host": "compute-2", "weight": 2.999743270806593}]', '2026-11-30 02:51:43.346963+00');
INSERT INTO public.scheduling_decisions VALUES ('9a2988be-b2a6-41f7-ab85-5b5b78e1ee38', '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'req-28d870d2-4a69-4997-8fe8-1ff42bb486a6', 'compute-1', '["compute-2", "compute-3"]', '[]', '[{"host": "compute-1", "weight": 2.9999599695768784}, {"host": "compute-2", "weight": 2.999743270806593}, {"host": "compute-3", "weight": 2.9995481186993187}]', '2026-11-30 02:51:43.51262+00');
INSERT INTO public.security_group_rules OVERRIDING SYSTEM VALUE VALUES ('ff33d583-6fc7-4d1c-bf3a-f3374e13011f', 1, 'fddf926b-2c57-49e7-9bbe-4c151585c81a', '96461795e9bb69e8609114238202b413', '', 'egress', 'IPv4', NULL, NULL, NULL, NULL, NULL, '2026-11-30 02:51:40.672781+00', '2026-11-30 02:51:40.672781+00');
INSERT INTO public.security_group_rules OVERRIDING SYSTEM VALUE VALUES ('e1f015c3-b97a-4882-84b2-74a8cdfe7f72', 2, 'fddf926b-2c57-49e7-9bbe-4c151585c81a', '96461795e9bb69e8609114238202b413', '', 'egress', 'IPv6', NULL, NULL, NULL, NULL, NULL, '2026-11-30 02:51:40.672781+00', '2026-11-30 02:51:40.672781+00');
INSERT INTO public.security_group_rules OVERRIDING SYSTEM VALUE VALUES ('a5908e9f-79ef-4eb9-b897-f408ca6d7a25', 3, 'fddf926b-2c57-49e7-9bbe-4c151585c81a', '96461795e9bb69e8609114238202b413', '', 'ingress', 'IPv4', 'tcp', 80, 80, NULL, NULL, '2026-11-30 02:51:40.73004+00', '2026-11-30 02:51:40.73004+00');
INSERT INTO public.security_group_rules OVERRIDING SYSTEM VALUE VALUES ('99a30e15-b174-49f2-8f8a-2fdf65fa6617', 4, '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f', '96461795e9bb69e8609114238202b413', '', 'egress', 'IPv4', NULL, NULL, NULL, NULL, NULL, '2026-11-30 02:51:42.242923+00', '2026-11-30 02:51:42.242923+00');
INSERT INTO public.security_group_rules OVERRIDING SYSTEM VALUE VALUES ('f253074d-b0d6-4694-ac19-33312d23438b', 5, '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f', '96461795e9bb69e8609114238202b413', '', 'ingress', 'IPv4', NULL, NULL, NULL, NULL, '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f', '2026-11-30 02:51:42.242923+00', '2026-11-30 02:51:42.242923+00');
INSERT INTO public.security_group_rules OVERRIDING SYSTEM VALUE VALUES ('f2524ec4-6b98-4931-8ab4-8605d7cdd895', 6, '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f', '96461795e9bb69e8609114238202b413', '', 'egress', 'IPv6', NULL, NULL, NULL, NULL, NULL, '2026-11-30 02:51:42.242923+00', '2026-11-30 02:51:42.242923+00');
INSERT INTO public.security_group_rules OVERRIDING SYSTEM VALUE VALUES ('dfdfcc14-25c1-4450-b0a2-08d6ca4a2e23', 7, '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f', '96461795e9bb69e8609114238202b413', '', 'ingress', 'IPv6', NULL, NULL, NULL, NULL, '45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f', '2026-11-30 02:51:42.242923+00', '2026-11-30 02:51:42.242923+00');
INSERT INTO public.security_groups OVERRIDING SYSTEM VALUE VALUES ('fddf926b-2c57-49e7-9bbe-4c151585c81a', 1, '96461795e9bb69e8609114238202b413', 'web', '', '2026-11-30 02:51:40.672781+00', '2026-11-30 02:51:40.672781+00');
INSERT INTO public.security_groups OVERRIDING SYSTEM VALUE VALUES ('45fc35fc-4ef2-43c8-9dd6-bbbcb8c5057f', 2, '96461795e9bb69e8609114238202b413', 'default', 'Default security group', '2026-11-30 02:51:42.242923+00', '2026-11-30 02:51:42.242923+00');
INSERT INTO public.servers OVERRIDING SYSTEM VALUE VALUES ('825656e5-4ad9-47f1-940c-ea31879ea8a2', 1, '96461795e9bb69e8609114238202b413', '0a258273ff0e718c5038a0f2fa3d15ad', 'active', NULL, 'active', 'active', NULL, 'running', NULL, 'compute-3', 'compute-3', NULL, 'nova', '{"id": "42", "name": "m1.nano", "ramMb": 128, "vcpus": 1, "rootGb": 1, "swapMb": 0, "disabled": false, "isPublic": true, "extraSpecs": {}, "rxtxFactor": 1, "description": null, "ephemeralGb": 0}', '{"id": "5c9a6e38-5344-4772-978a-f368ab554c42", "hash": "73e4153936dab198397b74ee9efc26093dda721eaab2f8d92786891153b45b04265a161b169c988edb0db2c53124607b6eaaa816559c5ce54f3dbc9fa6a7a4b2", "name": "tiny", "minRamMb": 0, "minDiskGb": 0, "sizeBytes": 65536, "diskFormat": "raw", "properties": {}, "containerFormat": "bare", "virtualSizeBytes": 65536}', 'key', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCW+0I1xrK5zfM7KghjwovDvOKveix2FqA4A8yGb4+Vgmzboe5U9e6rNNbpPbd4edH4OBCtY1gDKabuLVW2QZ4Uhj65SsTnirbGyX7CprcRRdlbxIdGcifYBrIgrmXuNVxjHwD7bL+VXkZym6IimTdd61IzCNOhG16IQ1R7xW6j/lX+0xLo4xexD7gZPSrZvBKNTJMg5dPjPutbBW2A+bq3Z33bN4lCcEv3Umrdz2t1ntRyqGDfxcG2NX9/9cB0BF1ncHsGLUUAtjoJzy7XCu/fqeQFnEPbuveZI+mx+m85/Hzjxhv24mTyAAQomgbS2rHNtELPZ3FdsXs1Gid5IKlP Generated-by-Nova', NULL, '{"of": "upgrade"}', '[]', '{}', '["web"]', '[{"mtu": 1500, "portId": "d1e1c47d-aae2-4a77-9254-579bc9bee2b1", "fixedIps": [{"version": 4, "subnetId": "d829daf6-6674-4573-8804-a4b947cb6bd1", "ipAddress": "10.20.0.2"}], "networkId": "d94231c7-87fa-4232-9bed-9695724923f2", "macAddress": "fa:16:3e:44:07:54", "networkName": "private"}]', false, 'MANUAL', NULL, NULL, 0, NULL, NULL, 'r-3c623c69', 0, '/dev/vda', NULL, '2026-11-30 02:51:40.998164+00', '2026-11-30 02:51:41.896472+00', '2026-11-30 02:51:41.887+00', NULL, '[]', NULL, 'instance-%08x');
INSERT INTO public.servers OVERRIDING SYSTEM VALUE VALUES ('40908d2c-d1f6-4996-9776-41022532c19b', 2, '96461795e9bb69e8609114238202b413', '0a258273ff0e718c5038a0f2fa3d15ad', 'stopped', NULL, 'stopped', 'stopped', NULL, 'shutdown', NULL, 'compute-2', 'compute-2', NULL, 'nova', '{"id": "odd", "name": "odd", "ramMb": 96, "vcpus": 2, "rootGb": 1, "swapMb": 1500, "disabled": false, "isPublic": true, "extraSpecs": {}, "rxtxFactor": 1, "description": null, "ephemeralGb": 2}', '{"id": "5c9a6e38-5344-4772-978a-f368ab554c42", "hash": "73e4153936dab198397b74ee9efc26093dda721eaab2f8d92786891153b45b04265a161b169c988edb0db2c53124607b6eaaa816559c5ce54f3dbc9fa6a7a4b2", "name": "tiny", "minRamMb": 0, "minDiskGb": 0, "sizeBytes": 65536, "diskFormat": "raw", "properties": {}, "containerFormat": "bare", "virtualSizeBytes": 65536}', NULL, NULL, NULL, '{}', '[]', '{}', '["default"]', '[{"mtu": 1500, "portId": "518637d8-ed6c-43af-bdc8-77ba1c521c02", "fixedIps": [{"version": 4, "subnetId": "d829daf6-6674-4573-8804-a4b947cb6bd1", "ipAddress": "10.20.0.3"}], "networkId": "d94231c7-87fa-4232-9bed-9695724923f2", "macAddress": "fa:16:3e:f9:e8:fe", "networkName": "private"}]', false, 'MANUAL', NULL, NULL, 0, NULL, NULL, 'r-21149c0e', 0, '/dev/vda', NULL, '2026-11-30 02:51:42.092876+00', '2026-11-30 02:51:42.623737+00', '2026-11-30 02:51:42.417+00', NULL, '[]', NULL, 'instance-%08x');
INSERT INTO public.servers OVERRIDING SYSTEM VALUE VALUES ('0a477e5a-32b1-4cd7-8256-748ecf5d5564', 4, '96461795e9bb69e8609114238202b413', '0a258273ff0e718c5038a0f2fa3d15ad', 'nowhere', NULL, 'nowhere', 'error', NULL, 'pending', NULL, NULL, NULL, NULL, NULL, '{"id": "huge", "name": "huge", "ramMb": 64, "vcpus": 1, "rootGb": 1000000, "swapMb": 0, "disabled": false, "isPublic": true, "extraSpecs": {}, "rxtxFactor": 1, "description": null, "ephemeralGb": 0}', '{"id": "5c9a6e38-5344-4772-978a-f368ab554c42", "hash": "73e4153936dab198397b74ee9efc26093dda721eaab2f8d92786891153b45b04265a161b169c988edb0db2c53124607b6eaaa816559c5ce54f3dbc9fa6a7a4b2", "name": "tiny", "minRamMb": 0, "minDiskGb": 0, "sizeBytes": 65536, "diskFormat": "raw", "properties": {}, "containerFormat": "bare", "virtualSizeBytes": 65536}', NULL, NULL, NULL, '{}', '[]', '{}', '["default"]', '[]', false, 'MANUAL', NULL, NULL, 0, NULL, NULL, 'r-9014c618', 0, '/dev/vda', '{"code": 500, "details": "NoValidHost: No valid host was found. DiskFilter refused 3 of 3 hosts: 599999 GB of disk free, 1000000 GB wanted (2), 599995 GB of disk free, 1000000 GB wanted (1). {\"hosts\":3,\"refusals\":[{\"filter\":\"DiskFilter\",\"seen\":3,\"refused\":3,\"reasons\":[{\"because\":\"599999 GB of disk free, 1000000 GB wanted\",\"hosts\":2,\"examples\":[\"compute-1\",\"compute-3\"]},{\"because\":\"599995 GB of disk free, 1000000 GB wanted\",\"hosts\":1,\"examples\":[\"compute-2\"]}],\"otherReasons\":0}]}", "message": "No valid host was found. DiskFilter refused 3 of 3 hosts: 599999 GB of disk free, 1000000 GB wanted (2), 599995 GB of disk free, 1000000 GB wanted (1).", "createdAt": "2026-11-30T02:51:43.195Z"}', '2026-11-30 02:51:43.167633+00', '2026-11-30 02:51:43.197228+00', NULL, NULL, '[]', NULL, 'instance-%08x');
INSERT INTO public.servers OVERRIDING SYSTEM VALUE VALUES ('86faa464-5753-43c1-a020-869146b48f5c', 3, '96461795e9bb69e8609114238202b413', '0a258273ff0e718c5038a0f2fa3d15ad', 'paused', NULL, 'paused', 'paused', NULL, 'paused', NULL, 'compute-1', 'compute-1', NULL, 'nova', '{"id": "42", "name": "m1.nano", "ramMb": 128, "vcpus": 1, "rootGb": 1, "swapMb": 0, "disabled": false, "isPublic": true, "extraSpecs": {}, "rxtxFactor": 1, "description": null, "ephemeralGb": 0}', '{"id": "5c9a6e38-5344-4772-978a-f368ab554c42", "hash": "73e4153936dab198397b74ee9efc26093dda721eaab2f8d92786891153b45b04265a161b169c988edb0db2c53124607b6eaaa816559c5ce54f3dbc9fa6a7a4b2", "name": "tiny", "minRamMb": 0, "minDiskGb": 0, "sizeBytes": 65536, "diskFormat": "raw", "properties": {}, "containerFormat": "bare", "virtualSizeBytes": 65536}', NULL, NULL, NULL, '{}', '[]', '{}', '["default"]', '[{"mtu": 1500, "portId": "dc6b51c7-cac9-4440-a22e-e576b84ba7b0", "fixedIps": [{"version": 4, "subnetId": "d829daf6-6674-4573-8804-a4b947cb6bd1", "ipAddress": "10.20.0.4"}], "networkId": "d94231c7-87fa-4232-9bed-9695724923f2", "macAddress": "fa:16:3e:52:f6:55", "networkName": "private"}]', false, 'MANUAL', NULL, NULL, 0, NULL, NULL, 'r-c7b22199', 0, '/dev/vda', NULL, '2026-11-30 02:51:42.745993+00', '2026-11-30 02:51:43.035571+00', '2026-11-30 02:51:42.901+00', NULL, '[]', NULL, 'instance-%08x');
INSERT INTO public.servers OVERRIDING SYSTEM VALUE VALUES ('5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 6, '96461795e9bb69e8609114238202b413', '0a258273ff0e718c5038a0f2fa3d15ad', 'deleted', NULL, 'deleted', 'deleted', NULL, 'pending', NULL, NULL, NULL, NULL, 'nova', '{"id": "42", "name": "m1.nano", "ramMb": 128, "vcpus": 1, "rootGb": 1, "swapMb": 0, "disabled": false, "isPublic": true, "extraSpecs": {}, "rxtxFactor": 1, "description": null, "ephemeralGb": 0}', '{"id": "5c9a6e38-5344-4772-978a-f368ab554c42", "hash": "73e4153936dab198397b74ee9efc26093dda721eaab2f8d92786891153b45b04265a161b169c988edb0db2c53124607b6eaaa816559c5ce54f3dbc9fa6a7a4b2", "name": "tiny", "minRamMb": 0, "minDiskGb": 0, "sizeBytes": 65536, "diskFormat": "raw", "properties": {}, "containerFormat": "bare", "virtualSizeBytes": 65536}', NULL, NULL, NULL, '{}', '[]', '{}', '["default"]', '[]', false, 'MANUAL', NULL, NULL, 0, NULL, NULL, 'r-d862568a', 0, '/dev/vda', NULL, '2026-11-30 02:51:43.493993+00', '2026-11-30 02:51:43.684467+00', '2026-11-30 02:51:43.566+00', '2026-11-30 02:51:43.683+00', '[]', NULL, 'instance-%08x');
INSERT INTO public.servers OVERRIDING SYSTEM VALUE VALUES ('ffd92929-5d39-40ff-a68e-8e462b4a84f6', 5, '96461795e9bb69e8609114238202b413', '0a258273ff0e718c5038a0f2fa3d15ad', 'broken', NULL, 'broken', 'error', NULL, 'running', NULL, 'compute-3', 'compute-3', NULL, 'nova', '{"id": "42", "name": "m1.nano", "ramMb": 128, "vcpus": 1, "rootGb": 1, "swapMb": 0, "disabled": false, "isPublic": true, "extraSpecs": {}, "rxtxFactor": 1, "description": null, "ephemeralGb": 0}', '{"id": "5c9a6e38-5344-4772-978a-f368ab554c42", "hash": "73e4153936dab198397b74ee9efc26093dda721eaab2f8d92786891153b45b04265a161b169c988edb0db2c53124607b6eaaa816559c5ce54f3dbc9fa6a7a4b2", "name": "tiny", "minRamMb": 0, "minDiskGb": 0, "sizeBytes": 65536, "diskFormat": "raw", "properties": {}, "containerFormat": "bare", "virtualSizeBytes": 65536}', NULL, NULL, NULL, '{}', '[]', '{}', '["default"]', '[{"mtu": 1500, "portId": "bd7b8c2b-bf4f-49a3-8e38-223cb26f7930", "fixedIps": [{"version": 4, "subnetId": "d829daf6-6674-4573-8804-a4b947cb6bd1", "ipAddress": "10.20.0.5"}], "networkId": "d94231c7-87fa-4232-9bed-9695724923f2", "macAddress": "fa:16:3e:02:37:0b", "networkName": "private"}]', false, 'MANUAL', NULL, NULL, 0, NULL, NULL, 'r-f5447f08', 0, '/dev/vda', NULL, '2026-11-30 02:51:43.330077+00', '2026-11-30 02:51:43.459798+00', '2026-11-30 02:51:43.416+00', NULL, '[]', NULL, 'instance-%08x');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('cb8d7f99-fcaf-4f93-bbc6-57f2f47879e5', 1, 'nova-conductor', 'compute', 'nova', false, NULL, false, '2026-11-30 02:51:36.915263+00', '2026-11-30 02:51:36.915263+00', '2026-11-30 02:51:36.915263+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('552eda0c-b721-484c-9e6d-8dfd01ad46c5', 2, 'nova-scheduler', 'compute', 'nova', false, NULL, false, '2026-11-30 02:51:37.115099+00', '2026-11-30 02:51:37.115099+00', '2026-11-30 02:51:37.115099+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('ca0c8d1f-955e-414b-b763-2f83d13586d9', 3, 'nova-api', 'compute', 'nova', false, NULL, false, '2026-11-30 02:51:38.218252+00', '2026-11-30 02:51:38.218252+00', '2026-11-30 02:51:38.218252+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('aadfb0e4-8464-4bed-a8ac-3f0cd4c4910f', 4, 'nova-compute', 'compute-1', 'nova', false, NULL, false, '2026-11-30 02:51:38.628524+00', '2026-11-30 02:51:38.628524+00', '2026-11-30 02:51:38.628524+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('3e1e522e-98e5-4a38-b4f5-bdb273eb71b8', 5, 'nova-compute', 'compute-2', 'nova', false, NULL, false, '2026-11-30 02:51:38.628524+00', '2026-11-30 02:51:38.628524+00', '2026-11-30 02:51:38.628524+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('9fbdd4a7-e5b0-4d0b-ba2e-949073604860', 6, 'nova-compute', 'compute-3', 'nova', false, NULL, false, '2026-11-30 02:51:38.628524+00', '2026-11-30 02:51:38.628524+00', '2026-11-30 02:51:38.628524+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('157db4c2-898c-487d-b1d7-cae9f7bbb98e', 7, 'nova-network', 'compute-1', 'nova', false, NULL, false, '2026-11-30 02:51:38.746534+00', '2026-11-30 02:51:38.746534+00', '2026-11-30 02:51:38.746534+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('55542ab6-054a-4cac-8179-c030df8def57', 8, 'nova-network', 'compute-2', 'nova', false, NULL, false, '2026-11-30 02:51:38.746534+00', '2026-11-30 02:51:38.746534+00', '2026-11-30 02:51:38.746534+00');
INSERT INTO public.services OVERRIDING SYSTEM VALUE VALUES ('6e572c26-bce3-4e9b-aa9e-e2f7a717b532', 9, 'nova-network', 'compute-3', 'nova', false, NULL, false, '2026-11-30 02:51:38.746534+00', '2026-11-30 02:51:38.746534+00', '2026-11-30 02:51:38.746534+00');
INSERT INTO public.subnets OVERRIDING SYSTEM VALUE VALUES ('d829daf6-6674-4573-8804-a4b947cb6bd1', 1, 'd94231c7-87fa-4232-9bed-9695724923f2', 'c747c5df855621c2a61116a881495aa4', 'private-subnet', '', 4, '10.20.0.0/24', '10.20.0.1', true, '[{"end": "10.20.0.254", "start": "10.20.0.2"}]', '[]', '[]', '2026-11-30 02:51:37.948967+00', '2026-11-30 02:51:37.948967+00', NULL);
INSERT INTO public.users VALUES ('cfcf6f26b512247d9dfb89a0f7fc0ce0', 'default', 'admin', 'scrypt$16384$8$1$qdo_tyaHHdyc-xus1jF7jg$E9goNBHZAECWrcpXpOQm2J_MGnSipdxV7MxIiJhU2Bk', 'c747c5df855621c2a61116a881495aa4', NULL, true, '2026-11-30 02:51:37.864866+00', NULL, 0, '{}');
INSERT INTO public.users VALUES ('0a258273ff0e718c5038a0f2fa3d15ad', 'default', 'demo', 'scrypt$16384$8$1$vpofBKvljQjv1igu1sloUQ$XiahCY9mFOCSiFUiO0nXXUSrZSR2-bM4hE-4f_F2x-U', '96461795e9bb69e8609114238202b413', NULL, true, '2026-11-30 02:51:37.864866+00', NULL, 0, '{}');
INSERT INTO public.users VALUES ('742e2da451ff659d0859a09b97dc3107', 'default', 'upgraded', 'scrypt$16384$8$1$4ME9L_Nruj1lR6m6D2Oe3w$4_IeZ95IobXwt4TcJGD2WS770oBzyeL0cFve1cKmR1k', '96461795e9bb69e8609114238202b413', NULL, true, '2026-11-30 02:51:40.327631+00', NULL, 0, '{}');
INSERT INTO public.workflow_reports VALUES ('f9df430c-a545-4c1a-85da-500235c15228/guest', 'f9df430c-a545-4c1a-85da-500235c15228', '{"ok": null}', '2026-11-30 02:51:41.84612+00');
INSERT INTO public.workflow_reports VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c/guest', '2463346d-39ef-46f5-9eac-27e6e5e6725c', '{"ok": null}', '2026-11-30 02:51:42.407706+00');
INSERT INTO public.workflow_reports VALUES ('e2cf839f-9d47-4af1-be88-d2a60ded52be/perform', 'e2cf839f-9d47-4af1-be88-d2a60ded52be', '{"ok": null}', '2026-11-30 02:51:42.616581+00');
INSERT INTO public.workflow_reports VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f/guest', '8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', '{"ok": null}', '2026-11-30 02:51:42.887605+00');
INSERT INTO public.workflow_reports VALUES ('c2e11397-1d0b-48ea-a2b2-534f19bceb65/perform', 'c2e11397-1d0b-48ea-a2b2-534f19bceb65', '{"ok": null}', '2026-11-30 02:51:43.032479+00');
INSERT INTO public.workflow_reports VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3/guest', '862286c6-82dc-48b1-8d3c-8a83fa1f41a3', '{"ok": null}', '2026-11-30 02:51:43.410575+00');
INSERT INTO public.workflow_reports VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2/guest', '6dbda053-f5c3-43d0-9741-78a819774db2', '{"ok": null}', '2026-11-30 02:51:43.564469+00');
INSERT INTO public.workflow_reports VALUES ('a6f524bd-c846-49ad-81a9-852a194ff242/guest', 'a6f524bd-c846-49ad-81a9-852a194ff242', '{"ok": null}', '2026-11-30 02:51:43.658009+00');
INSERT INTO public.workflow_steps VALUES ('f9df430c-a545-4c1a-85da-500235c15228', 'target', 'done', '["compute-3", "compute-1", "compute-2"]', NULL, '2026-11-30 02:51:41.184+00', '2026-11-30 02:51:41.225+00');
INSERT INTO public.workflow_steps VALUES ('f9df430c-a545-4c1a-85da-500235c15228', 'claim', 'done', '{"host": "compute-3"}', NULL, '2026-11-30 02:51:41.236+00', '2026-11-30 02:51:41.307+00');
INSERT INTO public.workflow_steps VALUES ('f9df430c-a545-4c1a-85da-500235c15228', 'ports', 'done', NULL, NULL, '2026-11-30 02:51:41.312+00', '2026-11-30 02:51:41.478+00');
INSERT INTO public.workflow_steps VALUES ('f9df430c-a545-4c1a-85da-500235c15228', 'vifs', 'done', '[{"mtu": 1500, "tap": "nvtd1e1c47daae", "kind": "fake", "bridge": "nvbr5b421446", "portId": "d1e1c47d-aae2-4a77-9254-579bc9bee2b1", "macAddress": "fa:16:3e:44:07:54"}]', NULL, '2026-11-30 02:51:41.488+00', '2026-11-30 02:51:41.517+00');
INSERT INTO public.workflow_steps VALUES ('f9df430c-a545-4c1a-85da-500235c15228', 'guest', 'done', NULL, NULL, '2026-11-30 02:51:41.536+00', '2026-11-30 02:51:41.868+00');
INSERT INTO public.workflow_steps VALUES ('f9df430c-a545-4c1a-85da-500235c15228', 'active', 'done', NULL, NULL, '2026-11-30 02:51:41.886+00', '2026-11-30 02:51:41.913+00');
INSERT INTO public.workflow_steps VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c', 'target', 'done', '["compute-2", "compute-1", "compute-3"]', NULL, '2026-11-30 02:51:42.161+00', '2026-11-30 02:51:42.18+00');
INSERT INTO public.workflow_steps VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c', 'claim', 'done', '{"host": "compute-2"}', NULL, '2026-11-30 02:51:42.184+00', '2026-11-30 02:51:42.232+00');
INSERT INTO public.workflow_steps VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c', 'ports', 'done', NULL, NULL, '2026-11-30 02:51:42.237+00', '2026-11-30 02:51:42.307+00');
INSERT INTO public.workflow_steps VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c', 'vifs', 'done', '[{"mtu": 1500, "tap": "nvt518637d8ed6", "kind": "fake", "bridge": "nvbr5b421446", "portId": "518637d8-ed6c-43af-bdc8-77ba1c521c02", "macAddress": "fa:16:3e:f9:e8:fe"}]', NULL, '2026-11-30 02:51:42.321+00', '2026-11-30 02:51:42.361+00');
INSERT INTO public.workflow_steps VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c', 'guest', 'done', NULL, NULL, '2026-11-30 02:51:42.376+00', '2026-11-30 02:51:42.41+00');
INSERT INTO public.workflow_steps VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c', 'active', 'done', NULL, NULL, '2026-11-30 02:51:42.417+00', '2026-11-30 02:51:42.426+00');
INSERT INTO public.workflow_steps VALUES ('e2cf839f-9d47-4af1-be88-d2a60ded52be', 'perform', 'done', NULL, NULL, '2026-11-30 02:51:42.581+00', '2026-11-30 02:51:42.618+00');
INSERT INTO public.workflow_steps VALUES ('e2cf839f-9d47-4af1-be88-d2a60ded52be', 'settle', 'done', NULL, NULL, '2026-11-30 02:51:42.621+00', '2026-11-30 02:51:42.625+00');
INSERT INTO public.workflow_steps VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'target', 'done', '["compute-1", "compute-3", "compute-2"]', NULL, '2026-11-30 02:51:42.77+00', '2026-11-30 02:51:42.785+00');
INSERT INTO public.workflow_steps VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'claim', 'done', '{"host": "compute-1"}', NULL, '2026-11-30 02:51:42.804+00', '2026-11-30 02:51:42.813+00');
INSERT INTO public.workflow_steps VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'ports', 'done', NULL, NULL, '2026-11-30 02:51:42.821+00', '2026-11-30 02:51:42.857+00');
INSERT INTO public.workflow_steps VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'vifs', 'done', '[{"mtu": 1500, "tap": "nvtdc6b51c7cac", "kind": "fake", "bridge": "nvbr5b421446", "portId": "dc6b51c7-cac9-4440-a22e-e576b84ba7b0", "macAddress": "fa:16:3e:52:f6:55"}]', NULL, '2026-11-30 02:51:42.858+00', '2026-11-30 02:51:42.866+00');
INSERT INTO public.workflow_steps VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'guest', 'done', NULL, NULL, '2026-11-30 02:51:42.874+00', '2026-11-30 02:51:42.898+00');
INSERT INTO public.workflow_steps VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 'active', 'done', NULL, NULL, '2026-11-30 02:51:42.901+00', '2026-11-30 02:51:42.907+00');
INSERT INTO public.workflow_steps VALUES ('c2e11397-1d0b-48ea-a2b2-534f19bceb65', 'perform', 'done', NULL, NULL, '2026-11-30 02:51:43.024+00', '2026-11-30 02:51:43.033+00');
INSERT INTO public.workflow_steps VALUES ('c2e11397-1d0b-48ea-a2b2-534f19bceb65', 'settle', 'done', NULL, NULL, '2026-11-30 02:51:43.034+00', '2026-11-30 02:51:43.036+00');
INSERT INTO public.workflow_steps VALUES ('57db4e73-8f8d-485d-832a-4e8e7ba3956c', 'target', 'failed', NULL, '{"code": "NoValidHost", "kind": "conflict", "params": {"hosts": 3, "refusals": [{"seen": 3, "filter": "DiskFilter", "reasons": [{"hosts": 2, "because": "599999 GB of disk free, 1000000 GB wanted", "examples": ["compute-1", "compute-3"]}, {"hosts": 1, "because": "599995 GB of disk free, 1000000 GB wanted", "examples": ["compute-2"]}], "refused": 3, "otherReasons": 0}]}, "message": "No valid host was found. DiskFilter refused 3 of 3 hosts: 599999 GB of disk free, 1000000 GB wanted (2), 599995 GB of disk free, 1000000 GB wanted (1)."}', '2026-11-30 02:51:43.183+00', '2026-11-30 02:51:43.192+00');
INSERT INTO public.workflow_steps VALUES ('57db4e73-8f8d-485d-832a-4e8e7ba3956c', '$unwound', 'done', NULL, NULL, '2026-11-30 02:51:43.195+00', '2026-11-30 02:51:43.198+00');
INSERT INTO public.workflow_steps VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'target', 'done', '["compute-3", "compute-1", "compute-2"]', NULL, '2026-11-30 02:51:43.339+00', '2026-11-30 02:51:43.347+00');
INSERT INTO public.workflow_steps VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'claim', 'done', '{"host": "compute-3"}', NULL, '2026-11-30 02:51:43.35+00', '2026-11-30 02:51:43.359+00');
INSERT INTO public.workflow_steps VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'ports', 'done', NULL, NULL, '2026-11-30 02:51:43.36+00', '2026-11-30 02:51:43.383+00');
INSERT INTO public.workflow_steps VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'vifs', 'done', '[{"mtu": 1500, "tap": "nvtbd7b8c2bbf4", "kind": "fake", "bridge": "nvbr5b421446", "portId": "bd7b8c2b-bf4f-49a3-8e38-223cb26f7930", "macAddress": "fa:16:3e:02:37:0b"}]', NULL, '2026-11-30 02:51:43.386+00', '2026-11-30 02:51:43.394+00');
INSERT INTO public.workflow_steps VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'guest', 'done', NULL, NULL, '2026-11-30 02:51:43.399+00', '2026-11-30 02:51:43.412+00');
INSERT INTO public.workflow_steps VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 'active', 'done', NULL, NULL, '2026-11-30 02:51:43.415+00', '2026-11-30 02:51:43.419+00');
INSERT INTO public.workflow_steps VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2', 'target', 'done', '["compute-1", "compute-2", "compute-3"]', NULL, '2026-11-30 02:51:43.503+00', '2026-11-30 02:51:43.513+00');
INSERT INTO public.workflow_steps VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2', 'claim', 'done', '{"host": "compute-1"}', NULL, '2026-11-30 02:51:43.514+00', '2026-11-30 02:51:43.517+00');
INSERT INTO public.workflow_steps VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2', 'ports', 'done', NULL, NULL, '2026-11-30 02:51:43.518+00', '2026-11-30 02:51:43.549+00');
INSERT INTO public.workflow_steps VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2', 'vifs', 'done', '[{"mtu": 1500, "tap": "nvt50b01440ed6", "kind": "fake", "bridge": "nvbr5b421446", "portId": "50b01440-ed6c-4070-8359-f76c9b5fb755", "macAddress": "fa:16:3e:e0:a9:94"}]', NULL, '2026-11-30 02:51:43.55+00', '2026-11-30 02:51:43.555+00');
INSERT INTO public.workflow_steps VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2', 'guest', 'done', NULL, NULL, '2026-11-30 02:51:43.557+00', '2026-11-30 02:51:43.565+00');
INSERT INTO public.workflow_steps VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2', 'active', 'done', NULL, NULL, '2026-11-30 02:51:43.566+00', '2026-11-30 02:51:43.567+00');
INSERT INTO public.workflow_steps VALUES ('a6f524bd-c846-49ad-81a9-852a194ff242', 'guest', 'done', '{"host": "compute-1", "isUp": true}', NULL, '2026-11-30 02:51:43.645+00', '2026-11-30 02:51:43.66+00');
INSERT INTO public.workflow_steps VALUES ('a6f524bd-c846-49ad-81a9-852a194ff242', 'ports', 'done', NULL, NULL, '2026-11-30 02:51:43.666+00', '2026-11-30 02:51:43.68+00');
INSERT INTO public.workflow_steps VALUES ('a6f524bd-c846-49ad-81a9-852a194ff242', 'gone', 'done', NULL, NULL, '2026-11-30 02:51:43.682+00', '2026-11-30 02:51:43.699+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('f9df430c-a545-4c1a-85da-500235c15228', 1, 'boot-server', '825656e5-4ad9-47f1-940c-ea31879ea8a2', 'done', '{"serverId": "825656e5-4ad9-47f1-940c-ea31879ea8a2", "attemptNumber": 1, "excludedHosts": [], "requestedHost": null, "requestedNetworks": "auto"}', '{"roles": ["member", "reader"], "spanId": "req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-5962f78d-b2cc-49ac-8d1f-63a33c7cf775", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:40.998164+00', '2026-11-30 02:51:41.914357+00', '2026-11-30 02:51:41.914357+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('862286c6-82dc-48b1-8d3c-8a83fa1f41a3', 7, 'boot-server', 'ffd92929-5d39-40ff-a68e-8e462b4a84f6', 'done', '{"serverId": "ffd92929-5d39-40ff-a68e-8e462b4a84f6", "attemptNumber": 1, "excludedHosts": [], "requestedHost": null, "requestedNetworks": "auto"}', '{"roles": ["member", "reader"], "spanId": "req-7a9cf772-79e2-4ce8-8fcf-b562caebf027", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-7a9cf772-79e2-4ce8-8fcf-b562caebf027", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:43.330077+00', '2026-11-30 02:51:43.424494+00', '2026-11-30 02:51:43.424494+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('2463346d-39ef-46f5-9eac-27e6e5e6725c', 2, 'boot-server', '40908d2c-d1f6-4996-9776-41022532c19b', 'done', '{"serverId": "40908d2c-d1f6-4996-9776-41022532c19b", "attemptNumber": 1, "excludedHosts": [], "requestedHost": null, "requestedNetworks": "auto"}', '{"roles": ["member", "reader"], "spanId": "req-14722645-b3a6-4740-ba79-49c7483d7e48", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-14722645-b3a6-4740-ba79-49c7483d7e48", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:42.092876+00', '2026-11-30 02:51:42.426467+00', '2026-11-30 02:51:42.426467+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('a6f524bd-c846-49ad-81a9-852a194ff242', 9, 'delete-server', '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'done', '{"serverId": "5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5"}', '{"roles": ["member", "reader"], "spanId": "req-67ef3731-d780-4aed-b0c4-a160b426f25b", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-67ef3731-d780-4aed-b0c4-a160b426f25b", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:43.636949+00', '2026-11-30 02:51:43.700005+00', '2026-11-30 02:51:43.700005+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('57db4e73-8f8d-485d-832a-4e8e7ba3956c', 6, 'boot-server', '0a477e5a-32b1-4cd7-8256-748ecf5d5564', 'undone', '{"serverId": "0a477e5a-32b1-4cd7-8256-748ecf5d5564", "attemptNumber": 1, "excludedHosts": [], "requestedHost": null, "requestedNetworks": "auto"}', '{"roles": ["member", "reader"], "spanId": "req-7dce08dd-885d-4d89-81f5-744e6bad39ed", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-7dce08dd-885d-4d89-81f5-744e6bad39ed", "projectName": "demo"}', false, NULL, 1, NULL, 1, '{"code": "NoValidHost", "kind": "conflict", "params": {"hosts": 3, "refusals": [{"seen": 3, "filter": "DiskFilter", "reasons": [{"hosts": 2, "because": "599999 GB of disk free, 1000000 GB wanted", "examples": ["compute-1", "compute-3"]}, {"hosts": 1, "because": "599995 GB of disk free, 1000000 GB wanted", "examples": ["compute-2"]}], "refused": 3, "otherReasons": 0}]}, "message": "No valid host was found. DiskFilter refused 3 of 3 hosts: 599999 GB of disk free, 1000000 GB wanted (2), 599995 GB of disk free, 1000000 GB wanted (1)."}', NULL, '2026-11-30 02:51:43.167633+00', '2026-11-30 02:51:43.19885+00', '2026-11-30 02:51:43.19885+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('e2cf839f-9d47-4af1-be88-d2a60ded52be', 3, 'server-action', '40908d2c-d1f6-4996-9776-41022532c19b', 'done', '{"body": null, "host": "compute-2", "action": "stop", "serverId": "40908d2c-d1f6-4996-9776-41022532c19b", "transition": "stop"}', '{"roles": ["member", "reader"], "spanId": "req-d965dbc1-46a6-4b00-b01e-83abfde080bd", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-d965dbc1-46a6-4b00-b01e-83abfde080bd", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:42.552515+00', '2026-11-30 02:51:42.625872+00', '2026-11-30 02:51:42.625872+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('c2e11397-1d0b-48ea-a2b2-534f19bceb65', 5, 'server-action', '86faa464-5753-43c1-a020-869146b48f5c', 'done', '{"body": null, "host": "compute-1", "action": "pause", "serverId": "86faa464-5753-43c1-a020-869146b48f5c", "transition": "pause"}', '{"roles": ["member", "reader"], "spanId": "req-71a17d8b-ecff-4105-bfd9-4afd1c76551c", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-71a17d8b-ecff-4105-bfd9-4afd1c76551c", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:43.010856+00', '2026-11-30 02:51:43.036796+00', '2026-11-30 02:51:43.036796+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('8ae7f0d6-707a-4da5-a28d-3a5bdb60b74f', 4, 'boot-server', '86faa464-5753-43c1-a020-869146b48f5c', 'done', '{"serverId": "86faa464-5753-43c1-a020-869146b48f5c", "attemptNumber": 1, "excludedHosts": [], "requestedHost": null, "requestedNetworks": "auto"}', '{"roles": ["member", "reader"], "spanId": "req-9fe076ec-b433-4dad-a781-a8100e201caa", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-9fe076ec-b433-4dad-a781-a8100e201caa", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:42.745993+00', '2026-11-30 02:51:42.907994+00', '2026-11-30 02:51:42.907994+00');
INSERT INTO public.workflows OVERRIDING SYSTEM VALUE VALUES ('6dbda053-f5c3-43d0-9741-78a819774db2', 8, 'boot-server', '5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5', 'done', '{"serverId": "5e217a58-5a4d-4c2e-af68-6cbbb04d0ed5", "attemptNumber": 1, "excludedHosts": [], "requestedHost": null, "requestedNetworks": "auto"}', '{"roles": ["member", "reader"], "spanId": "req-28d870d2-4a69-4997-8fe8-1ff42bb486a6", "userId": "0a258273ff0e718c5038a0f2fa3d15ad", "isAdmin": false, "domainId": "default", "userName": "demo", "projectId": "96461795e9bb69e8609114238202b413", "requestId": "req-28d870d2-4a69-4997-8fe8-1ff42bb486a6", "projectName": "demo"}', false, NULL, 1, NULL, 1, NULL, NULL, '2026-11-30 02:51:43.493993+00', '2026-11-30 02:51:43.568154+00', '2026-11-30 02:51:43.568154+00');
SELECT pg_catalog.setval('public.compute_nodes_number_seq', 3, true);
SELECT pg_catalog.setval('public.events_seq_seq', 22, true);
SELECT pg_catalog.setval('public.flavors_number_seq', 9, true);
SELECT pg_catalog.setval('public.images_number_seq', 2, true);
SELECT pg_catalog.setval('public.instance_action_events_id_seq', 19, true);
SELECT pg_catalog.setval('public.instance_actions_id_seq', 10, true);
SELECT pg_catalog.setval('public.keypairs_id_seq', 1, true);
SELECT pg_catalog.setval('public.networks_number_seq', 1, true);
SELECT pg_catalog.setval('public.ports_number_seq', 5, true);
SELECT pg_catalog.setval('public.security_group_rules_number_seq', 7, true);
SELECT pg_catalog.setval('public.security_groups_number_seq', 2, true);
SELECT pg_catalog.setval('public.servers_number_seq', 6, true);
SELECT pg_catalog.setval('public.services_number_seq', 9, true);
SELECT pg_catalog.setval('public.subnets_number_seq', 1, true);
SELECT pg_catalog.setval('public.workflows_seq_seq', 9, true);
ALTER TABLE ONLY public.claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (server_id);
ALTER TABLE ONLY public.cloud_secrets
    ADD CONSTRAINT cloud_secrets_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.compute_nodes
    ADD CONSTRAINT compute_nodes_host_key UNIQUE (host);
ALTER TABLE ONLY public.compute_nodes
    ADD CONSTRAINT compute_nodes_number_key UNIQUE (number);
ALTER TABLE ONLY public.compute_nodes
    ADD CONSTRAINT compute_nodes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.domain_role_assignments
    ADD CONSTRAINT domain_role_assignments_pkey PRIMARY KEY (user_id, domain_id, role_id);
ALTER TABLE ONLY public.domains
    ADD CONSTRAINT domains_name_key UNIQUE (name);
ALTER TABLE ONLY public.domains
    ADD CONSTRAINT domains_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.flavor_projects
    ADD CONSTRAINT flavor_projects_pkey PRIMARY KEY (flavor_id, project_id);
ALTER TABLE ONLY public.flavors
    ADD CONSTRAINT flavors_name_key UNIQUE (name);
ALTER TABLE ONLY public.flavors
    ADD CONSTRAINT flavors_number_key UNIQUE (number);
ALTER TABLE ONLY public.flavors
    ADD CONSTRAINT flavors_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.host_changes
    ADD CONSTRAINT host_changes_pkey PRIMARY KEY (host);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (project_id, key);
ALTER TABLE ONLY public.image_members
    ADD CONSTRAINT image_members_pkey PRIMARY KEY (image_id, member);
ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_number_key UNIQUE (number);
ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.instance_action_events
    ADD CONSTRAINT instance_action_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.instance_action_events
    ADD CONSTRAINT instance_action_events_workflow_id_step_key UNIQUE (workflow_id, step);
ALTER TABLE ONLY public.instance_actions
    ADD CONSTRAINT instance_actions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ip_allocations
    ADD CONSTRAINT ip_allocations_pkey PRIMARY KEY (subnet_id, ip_address);
ALTER TABLE ONLY public.keypairs
    ADD CONSTRAINT keypairs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.keypairs
    ADD CONSTRAINT keypairs_user_id_name_key UNIQUE (user_id, name);
ALTER TABLE ONLY public.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.login_failures
    ADD CONSTRAINT login_failures_pkey PRIMARY KEY (subject);
ALTER TABLE ONLY public.network_quotas
    ADD CONSTRAINT network_quotas_pkey PRIMARY KEY (project_id, resource);
ALTER TABLE ONLY public.networks
    ADD CONSTRAINT networks_number_key UNIQUE (number);
ALTER TABLE ONLY public.networks
    ADD CONSTRAINT networks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.security_group_rules
    ADD CONSTRAINT no_rule_twice UNIQUE NULLS NOT DISTINCT (group_id, direction, ethertype, protocol, port_min, port_max, remote_cidr, remote_group_id);
ALTER TABLE ONLY public.quota_limits
    ADD CONSTRAINT one_limit_each UNIQUE NULLS NOT DISTINCT (project_id, user_id, class_name, resource);
ALTER TABLE ONLY public.port_security_groups
    ADD CONSTRAINT port_security_groups_pkey PRIMARY KEY (port_id, group_id);
ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_network_id_mac_address_key UNIQUE (network_id, mac_address);
ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_number_key UNIQUE (number);
ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_domain_id_name_key UNIQUE (domain_id, name);
ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.request_hops
    ADD CONSTRAINT request_hops_pkey PRIMARY KEY (request_id, span_id);
ALTER TABLE ONLY public.revoked_tokens
    ADD CONSTRAINT revoked_tokens_pkey PRIMARY KEY (audit_id);
ALTER TABLE ONLY public.role_assignments
    ADD CONSTRAINT role_assignments_pkey PRIMARY KEY (user_id, project_id, role_id);
ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_name_key UNIQUE (name);
ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.scheduling_decisions
    ADD CONSTRAINT scheduling_decisions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.security_group_rules
    ADD CONSTRAINT security_group_rules_number_key UNIQUE (number);
ALTER TABLE ONLY public.security_group_rules
    ADD CONSTRAINT security_group_rules_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.security_groups
    ADD CONSTRAINT security_groups_number_key UNIQUE (number);
ALTER TABLE ONLY public.security_groups
    ADD CONSTRAINT security_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.servers
    ADD CONSTRAINT servers_number_key UNIQUE (number);
ALTER TABLE ONLY public.servers
    ADD CONSTRAINT servers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_binary_host_key UNIQUE ("binary", host);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_number_key UNIQUE (number);
ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.subnets
    ADD CONSTRAINT subnets_number_key UNIQUE (number);
ALTER TABLE ONLY public.subnets
    ADD CONSTRAINT subnets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.token_keys
    ADD CONSTRAINT token_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_domain_id_name_key UNIQUE (domain_id, name);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workflow_reports
    ADD CONSTRAINT workflow_reports_pkey PRIMARY KEY (task_id);
ALTER TABLE ONLY public.workflow_steps
    ADD CONSTRAINT workflow_steps_pkey PRIMARY KEY (workflow_id, step, phase);
ALTER TABLE ONLY public.workflows
    ADD CONSTRAINT workflows_pkey PRIMARY KEY (id);
CREATE INDEX claims_by_host ON public.claims USING btree (host);
CREATE INDEX domain_role_assignments_by_domain ON public.domain_role_assignments USING btree (domain_id);
CREATE INDEX domain_role_assignments_by_role ON public.domain_role_assignments USING btree (role_id);
CREATE INDEX events_by_age ON public.events USING brin (at) WITH (autosummarize='on');
CREATE INDEX events_by_request ON public.events USING btree (request_id);
CREATE INDEX events_by_subject ON public.events USING btree (subject, seq);
CREATE INDEX host_changes_by_transaction ON public.host_changes USING btree (changed_in);
CREATE INDEX idempotency_keys_by_time ON public.idempotency_keys USING btree (created_at);
CREATE INDEX image_members_by_member ON public.image_members USING btree (member);
CREATE INDEX images_by_name ON public.images USING btree (name) WHERE (status <> 'deleted'::text);
CREATE INDEX images_by_owner ON public.images USING btree (owner, created_at DESC) WHERE (status <> 'deleted'::text);
CREATE INDEX instance_action_events_by_action ON public.instance_action_events USING btree (server_id, request_id, id);
CREATE INDEX instance_actions_by_server ON public.instance_actions USING btree (server_id, id DESC);
CREATE INDEX ip_allocations_by_port ON public.ip_allocations USING btree (port_id);
CREATE INDEX login_failures_by_age ON public.login_failures USING btree (last_at);
CREATE INDEX networks_by_project ON public.networks USING btree (project_id);
CREATE INDEX networks_shared ON public.networks USING btree (id) WHERE shared;
CREATE UNIQUE INDEX one_default_security_group ON public.security_groups USING btree (project_id) WHERE (name = 'default'::text);
CREATE INDEX port_security_groups_by_group ON public.port_security_groups USING btree (group_id);
CREATE INDEX ports_by_host ON public.ports USING btree (host) WHERE (host IS NOT NULL);
CREATE INDEX ports_by_project ON public.ports USING btree (project_id);
CREATE INDEX ports_by_server ON public.ports USING btree (server_id) WHERE (server_id IS NOT NULL);
CREATE INDEX projects_by_parent ON public.projects USING btree (parent_id);
CREATE INDEX request_hops_by_age ON public.request_hops USING btree (created_at);
CREATE INDEX revoked_tokens_by_expiry ON public.revoked_tokens USING btree (expires_at);
CREATE INDEX role_assignments_by_project ON public.role_assignments USING btree (project_id);
CREATE INDEX role_assignments_by_role ON public.role_assignments USING btree (role_id);
CREATE INDEX scheduling_decisions_by_age ON public.scheduling_decisions USING brin (at) WITH (autosummarize='on');
CREATE INDEX scheduling_decisions_by_server ON public.scheduling_decisions USING btree (server_id, at DESC);
CREATE INDEX security_group_rules_by_project ON public.security_group_rules USING btree (project_id);
CREATE INDEX security_groups_by_project ON public.security_groups USING btree (project_id, name);
CREATE INDEX servers_by_end ON public.servers USING btree (terminated_at) WHERE (vm_state = 'deleted'::text);
CREATE INDEX servers_by_host ON public.servers USING btree (host) WHERE (vm_state <> 'deleted'::text);
CREATE INDEX servers_by_project ON public.servers USING btree (project_id, created_at DESC, id DESC) WHERE (vm_state <> 'deleted'::text);
CREATE INDEX servers_by_time ON public.servers USING btree (created_at DESC, id DESC) WHERE (vm_state <> 'deleted'::text);
CREATE INDEX subnets_by_network ON public.subnets USING btree (network_id);
CREATE INDEX subnets_by_project ON public.subnets USING btree (project_id);
CREATE INDEX users_by_default_project ON public.users USING btree (default_project_id);
CREATE INDEX workflow_reports_workflow ON public.workflow_reports USING btree (workflow_id);
CREATE INDEX workflows_ended ON public.workflows USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX workflows_free ON public.workflows USING btree (seq) WHERE ((owner IS NULL) AND (status = ANY (ARRAY['pending'::text, 'running'::text, 'unwinding'::text])));
CREATE UNIQUE INDEX workflows_one_per_subject ON public.workflows USING btree (subject) WHERE (status = ANY (ARRAY['running'::text, 'unwinding'::text]));
CREATE INDEX workflows_waiting ON public.workflows USING btree (subject, seq) WHERE (status = ANY (ARRAY['pending'::text, 'running'::text, 'unwinding'::text]));
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON public.compute_nodes FOR EACH ROW EXECUTE FUNCTION public.compute_nodes_changed();
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON public.services FOR EACH ROW EXECUTE FUNCTION public.services_changed();
ALTER TABLE ONLY public.claims
    ADD CONSTRAINT claims_host_fkey FOREIGN KEY (host) REFERENCES public.compute_nodes(host);
ALTER TABLE ONLY public.claims
    ADD CONSTRAINT claims_server_id_fkey FOREIGN KEY (server_id) REFERENCES public.servers(id);
ALTER TABLE ONLY public.domain_role_assignments
    ADD CONSTRAINT domain_role_assignments_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.domains(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.domain_role_assignments
    ADD CONSTRAINT domain_role_assignments_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.domain_role_assignments
    ADD CONSTRAINT domain_role_assignments_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.flavor_projects
    ADD CONSTRAINT flavor_projects_flavor_id_fkey FOREIGN KEY (flavor_id) REFERENCES public.flavors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.image_members
    ADD CONSTRAINT image_members_image_id_fkey FOREIGN KEY (image_id) REFERENCES public.images(id);
ALTER TABLE ONLY public.ip_allocations
    ADD CONSTRAINT ip_allocations_port_id_fkey FOREIGN KEY (port_id) REFERENCES public.ports(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ip_allocations
    ADD CONSTRAINT ip_allocations_subnet_id_fkey FOREIGN KEY (subnet_id) REFERENCES public.subnets(id);
ALTER TABLE ONLY public.port_security_groups
    ADD CONSTRAINT port_security_groups_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.security_groups(id);
ALTER TABLE ONLY public.port_security_groups
    ADD CONSTRAINT port_security_groups_port_id_fkey FOREIGN KEY (port_id) REFERENCES public.ports(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ports
    ADD CONSTRAINT ports_network_id_fkey FOREIGN KEY (network_id) REFERENCES public.networks(id);
ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.domains(id);
ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.projects(id);
ALTER TABLE ONLY public.role_assignments
    ADD CONSTRAINT role_assignments_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.role_assignments
    ADD CONSTRAINT role_assignments_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.role_assignments
    ADD CONSTRAINT role_assignments_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.security_group_rules
    ADD CONSTRAINT security_group_rules_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.security_groups(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.security_group_rules
    ADD CONSTRAINT security_group_rules_remote_group_id_fkey FOREIGN KEY (remote_group_id) REFERENCES public.security_groups(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.subnets
    ADD CONSTRAINT subnets_network_id_fkey FOREIGN KEY (network_id) REFERENCES public.networks(id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.domains(id);
ALTER TABLE ONLY public.workflow_reports
    ADD CONSTRAINT workflow_reports_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES public.workflows(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.workflow_steps
    ADD CONSTRAINT workflow_steps_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES public.workflows(id) ON DELETE CASCADE;
