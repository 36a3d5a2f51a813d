-- What arandu 0.14.3 made by tests/adopting.
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
CREATE TABLE public.memory_attribute_registry (
    id uuid NOT NULL,
    key character varying(64) NOT NULL,
    status character varying(20) NOT NULL,
    value_type character varying(20) NOT NULL,
    conflict_policy character varying(20) NOT NULL,
    ttl_days integer,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_count integer NOT NULL,
    proposed_by character varying(20) NOT NULL,
    reason text,
    example_raw_key character varying(128),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone
);
CREATE TABLE public.memory_clusters (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    label character varying(128) NOT NULL,
    summary_text text,
    cluster_type character varying(32) NOT NULL,
    fact_count integer NOT NULL,
    importance double precision NOT NULL,
    embedding_vec public.vector(1536),
    is_active boolean NOT NULL,
    last_updated_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.memory_entities (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    canonical_key character varying(128) NOT NULL,
    display_name character varying(256),
    entity_type character varying(32) NOT NULL,
    summary_text text,
    embedding_vec public.vector(1536),
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    fact_count integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    importance_score double precision,
    summary_refreshed_at timestamp with time zone,
    profile_text text,
    profile_refreshed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.memory_entity_aliases (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    alias character varying NOT NULL,
    canonical_entity_key character varying NOT NULL,
    canonical_entity_type character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.memory_entity_relationships (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    source_entity_key character varying(128) NOT NULL,
    target_entity_key character varying(128) NOT NULL,
    rel_type character varying(64) NOT NULL,
    strength double precision NOT NULL,
    evidence_fact_id uuid,
    provenance character varying(16) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    valid_from timestamp with time zone DEFAULT now() NOT NULL,
    valid_to timestamp with time zone,
    invalidated_at timestamp with time zone
);
CREATE TABLE public.memory_events (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    session_id text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    text text NOT NULL,
    source character varying NOT NULL,
    importance double precision NOT NULL,
    embedding jsonb,
    embedding_vec public.vector(1536),
    trace_json jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    emotion_primary character varying(32),
    emotion_intensity double precision,
    energy_level character varying(16)
);
CREATE TABLE public.memory_fact_entity_links (
    id uuid NOT NULL,
    fact_id uuid NOT NULL,
    entity_key character varying NOT NULL,
    is_primary boolean DEFAULT false NOT NULL,
    agent_id text NOT NULL
);
CREATE TABLE public.memory_facts (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    entity_type character varying NOT NULL,
    entity_key character varying NOT NULL,
    entity_name character varying,
    attribute_key character varying,
    value_json jsonb,
    value_text character varying,
    fact_text text DEFAULT ''::text NOT NULL,
    category character varying(50),
    confidence double precision NOT NULL,
    importance double precision NOT NULL,
    is_sensitive boolean NOT NULL,
    needs_confirmation boolean NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    ttl_days integer,
    source_event_id uuid,
    supersedes_fact_id uuid,
    embedding jsonb,
    embedding_vec public.vector(1536),
    last_confirmed_at timestamp with time zone,
    cluster_id uuid,
    times_retrieved integer DEFAULT 0 NOT NULL,
    last_retrieved_at timestamp with time zone,
    user_correction_count integer DEFAULT 0 NOT NULL,
    source_context character varying(512),
    speaker character varying,
    agent_annotation text,
    search_vector tsvector,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ingested_at timestamp with time zone DEFAULT now() NOT NULL,
    invalidated_at timestamp with time zone,
    vitality_score double precision,
    is_stale boolean DEFAULT false NOT NULL
);
CREATE TABLE public.memory_intentions (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    trigger_type character varying(16) NOT NULL,
    trigger_condition text NOT NULL,
    intended_action text NOT NULL,
    due_date timestamp with time zone,
    status character varying(16) NOT NULL,
    trigger_embedding_vec public.vector(1536),
    source_context character varying(32),
    outcome_note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    triggered_at timestamp with time zone,
    fulfilled_at timestamp with time zone
);
CREATE TABLE public.memory_meta_observations (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    observation_type character varying(32) NOT NULL,
    title character varying(256) NOT NULL,
    text text NOT NULL,
    supporting_event_ids jsonb NOT NULL,
    supporting_fact_ids jsonb NOT NULL,
    confidence double precision NOT NULL,
    importance double precision NOT NULL,
    first_detected_at timestamp with time zone DEFAULT now() NOT NULL,
    last_reinforced_at timestamp with time zone DEFAULT now() NOT NULL,
    times_reinforced integer NOT NULL,
    is_active boolean NOT NULL,
    embedding_vec public.vector(1536),
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.session_observations (
    id uuid NOT NULL,
    agent_id text NOT NULL,
    content text NOT NULL,
    topic character varying(64),
    entities_mentioned jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    referenced_at timestamp with time zone,
    relative_offset character varying(64),
    source_message_ids jsonb NOT NULL,
    is_active boolean NOT NULL,
    merged_into_id uuid,
    emotion_label character varying(32),
    embedding_vec public.vector(1536)
);
INSERT INTO public.memory_attribute_registry VALUES ('00000009-0009-4000-8000-000000000000', 'city', 'active', 'string', 'supersede', 30, '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', 3, 'llm', NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL);
INSERT INTO public.memory_attribute_registry VALUES ('00000009-0009-4000-8000-000000000001', 'pet.name', 'proposed', 'string', 'supersede', 30, '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', 3, 'llm', NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL);
INSERT INTO public.memory_attribute_registry VALUES ('00000009-0009-4000-8000-000000000002', 'First Name', 'active', 'string', 'supersede', 30, '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', 3, 'llm', NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL);
INSERT INTO public.memory_clusters VALUES ('00000000-0005-4000-8000-000000000000', 'ada', 'Carlos', 'Plays.', 'auto', 2, 0.5, NULL, true, '2026-01-10 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_clusters VALUES ('00000001-0005-4000-8000-000000000000', 'Bob''s agent: ü', 'Carlos', 'Plays.', 'auto', 2, 0.5, NULL, true, '2026-01-10 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000000-0001-4000-8000-000000000001', 'ada', 'person:carlos_silva', 'Carlos Silva', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 11:00:00.123456+00', 1, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000000-0001-4000-8000-000000000002', 'ada', 'person:ada', 'Ada', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 12:00:00.123456+00', 2, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000000-0001-4000-8000-000000000003', 'ada', 'place:sao_paulo', 'São Paulo', 'place', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 13:00:00.123456+00', 3, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000001-0001-4000-8000-000000000001', 'Bob''s agent: ü', 'person:carlos_silva', 'Carlos Silva', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 11:00:00.123456+00', 1, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000001-0001-4000-8000-000000000002', 'Bob''s agent: ü', 'person:ada', 'Ada', 'person', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 12:00:00.123456+00', 2, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entities VALUES ('00000001-0001-4000-8000-000000000003', 'Bob''s agent: ü', 'place:sao_paulo', 'São Paulo', 'place', 'Plays.', NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 13:00:00.123456+00', 3, true, 0.25, NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_entity_aliases VALUES ('76d77bdd-5a0a-4e85-9624-26197fa11338', 'ada', 'carlos', 'person:carlos_silva', 'person', '2026-11-30 10:17:40.378123+00');
INSERT INTO public.memory_entity_aliases VALUES ('b157d0fb-c2ca-4ae8-b551-8f00aab20090', 'Bob''s agent: ü', 'carlos', 'person:carlos_silva', 'person', '2026-11-30 10:17:40.378123+00');
INSERT INTO public.memory_entity_relationships VALUES ('00000000-0004-4000-8000-000000000000', 'ada', 'person:ada', 'place:sao_paulo', 'lives_in', 0.7, '00000000-0003-4000-8000-000000000000', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, '2026-01-03 10:00:00.123456+00');
INSERT INTO public.memory_entity_relationships VALUES ('00000000-0004-4000-8000-000000000001', 'ada', 'person:ada', 'person:carlos_silva', 'knows', 0.7, '00000000-0003-4000-8000-000000000001', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_entity_relationships VALUES ('00000000-0004-4000-8000-000000000002', 'ada', 'person:ada', 'person:ada', 'is', 0.7, '00000000-0003-4000-8000-000000000002', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_entity_relationships VALUES ('00000001-0004-4000-8000-000000000000', 'Bob''s agent: ü', 'person:ada', 'place:sao_paulo', 'lives_in', 0.7, '00000001-0003-4000-8000-000000000000', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, '2026-01-03 10:00:00.123456+00');
INSERT INTO public.memory_entity_relationships VALUES ('00000001-0004-4000-8000-000000000001', 'Bob''s agent: ü', 'person:ada', 'person:carlos_silva', 'knows', 0.7, '00000001-0003-4000-8000-000000000001', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_entity_relationships VALUES ('00000001-0004-4000-8000-000000000002', 'Bob''s agent: ü', 'person:ada', 'person:ada', 'is', 0.7, '00000001-0003-4000-8000-000000000002', 'rule', '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000000-0002-4000-8000-000000000000', 'ada', 's-1', '2026-01-01 10:00:00.123456+00', 'I live in São Paulo.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 10:17:40.378123+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000000-0002-4000-8000-000000000001', 'ada', 's-1', '2026-01-02 10:00:00.123456+00', '  Now in Lisbon.
', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 10:17:40.378123+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000000-0002-4000-8000-000000000002', 'ada', 's-1', '2026-01-03 10:00:00.123456+00', 'Carlos plays the violin.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 10:17:40.378123+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000001-0002-4000-8000-000000000000', 'Bob''s agent: ü', 's-1', '2026-01-01 10:00:00.123456+00', 'I live in São Paulo.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 10:17:40.378123+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000001-0002-4000-8000-000000000001', 'Bob''s agent: ü', 's-1', '2026-01-02 10:00:00.123456+00', '  Now in Lisbon.
', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 10:17:40.378123+00', NULL, NULL, NULL);
INSERT INTO public.memory_events VALUES ('00000001-0002-4000-8000-000000000002', 'Bob''s agent: ü', 's-1', '2026-01-03 10:00:00.123456+00', 'Carlos plays the violin.', 'api', 0.5, NULL, NULL, NULL, '2026-11-30 10:17:40.378123+00', NULL, NULL, NULL);
INSERT INTO public.memory_fact_entity_links VALUES ('fdc91fbe-f4d0-432c-aae0-bd877a8dadfd', '00000000-0003-4000-8000-000000000000', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('442be62b-499a-466b-92fc-57d318e51a69', '00000000-0003-4000-8000-000000000001', 'person:carlos_silva', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('77a63396-a785-41e3-8464-5b82dc0f7c7a', '00000000-0003-4000-8000-000000000002', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('9208e57d-e291-454c-a25f-16faf86d84e4', '00000000-0003-4000-8000-000000000003', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('7356329e-a038-4f02-8f8a-fe20f9103eb8', '00000000-0003-4000-8000-000000000004', 'person:carlos_silva', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('17ad1dc2-2928-49bb-9b18-fde9f7fc3af5', '00000000-0003-4000-8000-000000000005', 'person:ada', true, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('d2c674e1-418b-41b9-a7b5-f6e538871341', '00000000-0003-4000-8000-000000000005', 'place:sao_paulo', false, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('9475dd2d-3f24-4fae-bdd1-4a851e92265f', '00000000-0003-4000-8000-000000000005', 'person:carlos_silva', false, 'ada');
INSERT INTO public.memory_fact_entity_links VALUES ('d3f95900-17ec-4fc4-a2ed-9df8ada55dae', '00000001-0003-4000-8000-000000000000', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('d80a92e1-95f8-4811-8c1b-493733be1bd4', '00000001-0003-4000-8000-000000000001', 'person:carlos_silva', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('75ab8ae1-889b-459c-8656-3fdc9caa4da3', '00000001-0003-4000-8000-000000000002', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('ec7802a1-0219-489a-bef1-f068da47cd0f', '00000001-0003-4000-8000-000000000003', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('209eda8f-4bfe-4529-8686-d81d6e30ab78', '00000001-0003-4000-8000-000000000004', 'person:carlos_silva', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('8249a3de-ee29-411f-a64b-2caadd564365', '00000001-0003-4000-8000-000000000005', 'person:ada', true, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('e0ead161-8b15-494a-b9ec-514ae329f832', '00000001-0003-4000-8000-000000000005', 'place:sao_paulo', false, 'Bob''s agent: ü');
INSERT INTO public.memory_fact_entity_links VALUES ('5f7cbcbd-c532-4a65-aa44-20eba8f08ed0', '00000001-0003-4000-8000-000000000005', 'person:carlos_silva', false, 'Bob''s agent: ü');
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000000', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, '00000000-0002-4000-8000-000000000000', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000001', 'ada', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', 'hobby', 0.9, 0.5, true, false, '2026-01-02 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', '00000000-0005-4000-8000-000000000000', 3, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', '2026-01-02 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000002', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in Lisbon.', NULL, 0.8, 0.5, false, false, '2026-01-03 10:00:00.123456+00', NULL, NULL, '00000000-0002-4000-8000-000000000001', '00000000-0003-4000-8000-000000000000', NULL, NULL, '2026-01-03 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-03 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000003', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Has a cat.', NULL, 0.8, 0.5, false, false, '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000004', 'ada', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', NULL, 0.8, 0.5, false, false, '2026-01-05 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-05 10:00:00.123456+00', '00000000-0005-4000-8000-000000000000', 0, NULL, 0, 'said twice', NULL, 'again', NULL, '2026-01-05 10:00:00.123456+00', '2026-01-05 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000000-0003-4000-8000-000000000005', 'ada', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Met Carlos Silva in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-06 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', '2026-01-06 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000000', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, '00000001-0002-4000-8000-000000000000', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-01 10:00:00.123456+00', '2026-01-01 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000001', 'Bob''s agent: ü', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', 'hobby', 0.9, 0.5, true, false, '2026-01-02 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', '00000001-0005-4000-8000-000000000000', 3, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00.123456+00', '2026-01-02 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000002', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Lives in Lisbon.', NULL, 0.8, 0.5, false, false, '2026-01-03 10:00:00.123456+00', NULL, NULL, '00000001-0002-4000-8000-000000000001', '00000001-0003-4000-8000-000000000000', NULL, NULL, '2026-01-03 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, 'Ada', NULL, NULL, '2026-01-03 10:00:00.123456+00', '2026-01-03 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000003', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Has a cat.', NULL, 0.8, 0.5, false, false, '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00.123456+00', '2026-01-04 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000004', 'Bob''s agent: ü', 'person', 'person:carlos_silva', 'Carlos Silva', NULL, NULL, NULL, 'Plays the violin.', NULL, 0.8, 0.5, false, false, '2026-01-05 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-05 10:00:00.123456+00', '00000001-0005-4000-8000-000000000000', 0, NULL, 0, 'said twice', NULL, 'again', NULL, '2026-01-05 10:00:00.123456+00', '2026-01-05 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_facts VALUES ('00000001-0003-4000-8000-000000000005', 'Bob''s agent: ü', 'person', 'person:ada', 'Ada', NULL, NULL, NULL, 'Met Carlos Silva in São Paulo.', NULL, 0.8, 0.5, false, false, '2026-01-06 10:00:00.123456+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, '2026-01-06 10:00:00.123456+00', '2026-01-06 10:00:00.123456+00', NULL, NULL, false);
INSERT INTO public.memory_intentions VALUES ('00000000-0008-4000-8000-000000000000', 'ada', 'time', 'She is in Lisbon.', 'Ask about the cat.', '2026-01-10 10:00:00.123456+00', 'pending', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_intentions VALUES ('00000000-0008-4000-8000-000000000001', 'ada', 'event', 'She is in Lisbon.', 'Ask about the cat.', NULL, 'fulfilled', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, '2026-01-10 10:00:00.123456+00');
INSERT INTO public.memory_intentions VALUES ('00000000-0008-4000-8000-000000000002', 'ada', 'time', 'She is in Lisbon.', 'Ask about the cat.', NULL, 'pending', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_intentions VALUES ('00000000-0008-4000-8000-000000000003', 'ada', 'weather', 'She is in Lisbon.', 'Ask about the cat.', NULL, 'pending', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_intentions VALUES ('00000001-0008-4000-8000-000000000000', 'Bob''s agent: ü', 'time', 'She is in Lisbon.', 'Ask about the cat.', '2026-01-10 10:00:00.123456+00', 'pending', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_intentions VALUES ('00000001-0008-4000-8000-000000000001', 'Bob''s agent: ü', 'event', 'She is in Lisbon.', 'Ask about the cat.', NULL, 'fulfilled', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, '2026-01-10 10:00:00.123456+00');
INSERT INTO public.memory_intentions VALUES ('00000001-0008-4000-8000-000000000002', 'Bob''s agent: ü', 'time', 'She is in Lisbon.', 'Ask about the cat.', NULL, 'pending', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_intentions VALUES ('00000001-0008-4000-8000-000000000003', 'Bob''s agent: ü', 'weather', 'She is in Lisbon.', 'Ask about the cat.', NULL, 'pending', NULL, NULL, NULL, '2026-01-01 10:00:00.123456+00', NULL, NULL);
INSERT INTO public.memory_meta_observations VALUES ('00000000-0006-4000-8000-000000000000', 'ada', 'trend', 'Is a trend', 'Moves south.', '["00000000-0002-4000-8000-000000000000"]', '["00000000-0003-4000-8000-000000000000", "00000000-0003-4000-8000-000000000002", "00000000-0003-4000-8000-000000000099"]', 0.7, 0.5, '2026-01-01 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', 2, true, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_meta_observations VALUES ('00000000-0006-4000-8000-000000000001', 'ada', 'emotional_trend', 'Is a emotional_trend', 'Moves south.', '["00000000-0002-4000-8000-000000000000"]', '["00000000-0003-4000-8000-000000000000", "00000000-0003-4000-8000-000000000002", "00000000-0003-4000-8000-000000000099"]', 0.7, 0.5, '2026-01-01 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', 2, false, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_meta_observations VALUES ('00000001-0006-4000-8000-000000000000', 'Bob''s agent: ü', 'trend', 'Is a trend', 'Moves south.', '["00000001-0002-4000-8000-000000000000"]', '["00000001-0003-4000-8000-000000000000", "00000001-0003-4000-8000-000000000002", "00000001-0003-4000-8000-000000000099"]', 0.7, 0.5, '2026-01-01 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', 2, true, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.memory_meta_observations VALUES ('00000001-0006-4000-8000-000000000001', 'Bob''s agent: ü', 'emotional_trend', 'Is a emotional_trend', 'Moves south.', '["00000001-0002-4000-8000-000000000000"]', '["00000001-0003-4000-8000-000000000000", "00000001-0003-4000-8000-000000000002", "00000001-0003-4000-8000-000000000099"]', 0.7, 0.5, '2026-01-01 10:00:00.123456+00', '2026-01-10 10:00:00.123456+00', 2, false, NULL, '2026-01-01 10:00:00.123456+00');
INSERT INTO public.session_observations VALUES ('00000000-0007-4000-8000-000000000000', 'ada', 'Likes the sea.', 'moving', '["Ada", "Ada"]', '2026-01-01 10:00:00.123456+00', NULL, NULL, '["00000000-0002-4000-8000-000000000000", "m-0"]', false, '00000000-0007-4000-8000-000000000001', 'joy', NULL);
INSERT INTO public.session_observations VALUES ('00000000-0007-4000-8000-000000000001', 'ada', 'Loves the sea.', 'moving', '["Ada", "Ada"]', '2026-01-02 10:00:00.123456+00', NULL, NULL, '["00000000-0002-4000-8000-000000000001", "m-1"]', true, NULL, 'joy', NULL);
INSERT INTO public.session_observations VALUES ('00000000-0007-4000-8000-000000000002', 'ada', 'Left.', 'moving', '["Ada", "Ada"]', '2026-01-03 10:00:00.123456+00', NULL, NULL, '["00000000-0002-4000-8000-000000000002", "m-2"]', false, NULL, 'joy', NULL);
INSERT INTO public.session_observations VALUES ('00000001-0007-4000-8000-000000000000', 'Bob''s agent: ü', 'Likes the sea.', 'moving', '["Ada", "Ada"]', '2026-01-01 10:00:00.123456+00', NULL, NULL, '["00000001-0002-4000-8000-000000000000", "m-0"]', false, '00000001-0007-4000-8000-000000000001', 'joy', NULL);
INSERT INTO public.session_observations VALUES ('00000001-0007-4000-8000-000000000001', 'Bob''s agent: ü', 'Loves the sea.', 'moving', '["Ada", "Ada"]', '2026-01-02 10:00:00.123456+00', NULL, NULL, '["00000001-0002-4000-8000-000000000001", "m-1"]', true, NULL, 'joy', NULL);
INSERT INTO public.session_observations VALUES ('00000001-0007-4000-8000-000000000002', 'Bob''s agent: ü', 'Left.', 'moving', '["Ada", "Ada"]', '2026-01-03 10:00:00.123456+00', NULL, NULL, '["00000001-0002-4000-8000-000000000002", "m-2"]', false, NULL, 'joy', NULL);
ALTER TABLE ONLY public.memory_attribute_registry
    ADD CONSTRAINT memory_attribute_registry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_clusters
    ADD CONSTRAINT memory_clusters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entities
    ADD CONSTRAINT memory_entities_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entity_aliases
    ADD CONSTRAINT memory_entity_aliases_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entity_relationships
    ADD CONSTRAINT memory_entity_relationships_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_events
    ADD CONSTRAINT memory_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_fact_entity_links
    ADD CONSTRAINT memory_fact_entity_links_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_facts
    ADD CONSTRAINT memory_facts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_intentions
    ADD CONSTRAINT memory_intentions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_meta_observations
    ADD CONSTRAINT memory_meta_observations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.session_observations
    ADD CONSTRAINT session_observations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memory_entity_aliases
    ADD CONSTRAINT uq_entity_alias_user_alias UNIQUE (agent_id, alias);
ALTER TABLE ONLY public.memory_entity_relationships
    ADD CONSTRAINT uq_entity_relationship UNIQUE (agent_id, source_entity_key, target_entity_key, rel_type);
ALTER TABLE ONLY public.memory_fact_entity_links
    ADD CONSTRAINT uq_fact_entity_link UNIQUE (fact_id, entity_key);
ALTER TABLE ONLY public.memory_entities
    ADD CONSTRAINT uq_memory_entity_user_key UNIQUE (agent_id, canonical_key);
CREATE INDEX idx_session_obs_user_active ON public.session_observations USING btree (agent_id, is_active);
CREATE INDEX ix_entity_alias_user_lookup ON public.memory_entity_aliases USING btree (agent_id, alias);
CREATE INDEX ix_entity_rel_source ON public.memory_entity_relationships USING btree (agent_id, source_entity_key);
CREATE INDEX ix_entity_rel_target ON public.memory_entity_relationships USING btree (agent_id, target_entity_key);
CREATE INDEX ix_fact_entity_links_fact ON public.memory_fact_entity_links USING btree (fact_id);
CREATE INDEX ix_fact_entity_links_user_entity ON public.memory_fact_entity_links USING btree (agent_id, entity_key);
CREATE UNIQUE INDEX ix_memory_attribute_registry_key ON public.memory_attribute_registry USING btree (key);
CREATE INDEX ix_memory_clusters_agent_id ON public.memory_clusters USING btree (agent_id);
CREATE INDEX ix_memory_entities_agent_id ON public.memory_entities USING btree (agent_id);
CREATE INDEX ix_memory_entity_aliases_agent_id ON public.memory_entity_aliases USING btree (agent_id);
CREATE INDEX ix_memory_entity_relationships_agent_id ON public.memory_entity_relationships USING btree (agent_id);
CREATE INDEX ix_memory_entity_relationships_source_entity_key ON public.memory_entity_relationships USING btree (source_entity_key);
CREATE INDEX ix_memory_entity_relationships_target_entity_key ON public.memory_entity_relationships USING btree (target_entity_key);
CREATE INDEX ix_memory_entity_user_active ON public.memory_entities USING btree (agent_id, is_active);
CREATE INDEX ix_memory_events_agent_id ON public.memory_events USING btree (agent_id);
CREATE INDEX ix_memory_events_session_id ON public.memory_events USING btree (session_id);
CREATE INDEX ix_memory_facts_agent_id ON public.memory_facts USING btree (agent_id);
CREATE INDEX ix_memory_intentions_agent_id ON public.memory_intentions USING btree (agent_id);
CREATE INDEX ix_memory_meta_observations_agent_id ON public.memory_meta_observations USING btree (agent_id);
CREATE INDEX ix_session_observations_agent_id ON public.session_observations USING btree (agent_id);
ALTER TABLE ONLY public.memory_entity_relationships
    ADD CONSTRAINT memory_entity_relationships_evidence_fact_id_fkey FOREIGN KEY (evidence_fact_id) REFERENCES public.memory_facts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.memory_fact_entity_links
    ADD CONSTRAINT memory_fact_entity_links_fact_id_fkey FOREIGN KEY (fact_id) REFERENCES public.memory_facts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.memory_facts
    ADD CONSTRAINT memory_facts_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES public.memory_clusters(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.memory_facts
    ADD CONSTRAINT memory_facts_source_event_id_fkey FOREIGN KEY (source_event_id) REFERENCES public.memory_events(id);
