"""What the documents and the published packages of the five sources name: classes, functions, arguments, fields, values, settings."""

from __future__ import annotations

from typing import Final

# Their headings in docs/coverage.md, and the names.
DOCUMENTED: Final = {
    "What orbiter-memory's documentation names": """
        ACCEPTED AGENT_EXPERIENCE AIMemory COMPLETED CONVERSATION DISCARD DRAFT Embeddings ExtractionTask ExtractionType Extractor
        FACTS FAILED HumanMemory LongTermMemory MEMORY_ADDED MEMORY_CLEARED MEMORY_SEARCHED MemoryError MemoryEventEmitter
        MemoryItem MemoryMetadata MemoryOrchestrator MemoryStatus MemoryStore OpenAIEmbeddings OrchestratorConfig PENDING PROFILES
        PostgresMemoryStore RUNNING SQLiteMemoryStore ShortTermMemory Summarizer SummaryConfig SummaryResult SummaryTemplate
        SystemMemory TaskStatus ToolMemory TriggerResult USER_PROFILE VectorMemoryStore __len__ __repr__ add aembed agent_id ai
        api_key base_url batch_size bus check_trigger clear close complete completed_at compressed_items config content count
        created_at db_path deleted dimension dsn embed embeddings error estimated_tokens extra extra_json extract extraction_type
        extraction_types extractor fail generate_summary get get_messages get_prompt get_task human id include_deleted init is_error
        item item_id items keep_recent limit list_tasks max_concurrent max_rounds memory_items memory_type message_count
        message_threshold messages_to_summarize metadata min_items model namespace new_status original_count process process_all
        prompt prompts query reason result scope search session_id should_trigger source_items start status store submit summaries
        summarize summarizer system task_id template templates text threshold token_estimate_ratio token_threshold tool tool_call_id
        tool_calls tool_name transition triggered updated_at user_id version
    """,
    "What AA Kit's documentation names": """
        Agent AsyncConversation ConfigurationError Conversation InMemoryBackend MemoryBackend MemoryConfig MemoryConnectionError
        MemoryError MemoryFactory MemoryRecord Message MigrationResult PostgreSQLBackend RedisBackend SQLiteBackend SessionInfo
        agent_conversations auto_summarize auto_vacuum backend batch_size clear clear_old_sessions client close compression config
        config_key connection_string content create create_in_memory create_memory create_redis create_sqlite created_at data
        db_path details duration enable_search encryption error_code errors failed_sessions from_dict get_recent_messages
        get_sessions get_supported_backends journal_mode key_prefix limit load max_messages max_messages_per_session max_sessions
        memory message message_count messages metadata migrate_memory offset older_than original_error params pool_size prefix query
        redis_url retrieve role save schema search search_fulltext session_id session_ids source sql store success
        summarize_threshold table_name target timestamp to_dict total_messages total_sessions ttl updated_at url valid_values
        validate_config
    """,
    "Memory-Base": """
        ACTIVE AuditLog Base BosStorage COLD_ARCHIVED DEEP_ARCHIVED DELETED EmployeeRole InMemoryLongTermStorage Message
        MessageArchive OssStorage PromptVersion RoleAbility S3CompatibleStorage Session SessionStatus SessionSummary ability_id
        access_key access_key_id access_key_secret action analyze_memory audit_logs backend body bucket config content content_type
        create_long_term_backend_from_config created_at database_url default_model delete_object description details embedding
        employee_roles endpoint endpoint_url engine get_engine get_enriched_prompt get_object get_session_factory get_sync_engine id
        init_db key knowledge_index knowledge_key list_prefix load_knowledge_triples load_user_profile log_audit messages
        messages_archive metadata model name object oss_access_key_id oss_access_key_secret oss_bucket oss_endpoint parse_profile
        parse_triples predicate prefix profile profile_key prompt_versions put_object query raw region_name resource_id
        resource_type retrieve_relevant_knowledge role role_abilities role_name save_knowledge_triples save_user_profile secret_key
        serialize_profile serialize_triples session session_id session_scope session_summaries sessions set_database_url status
        strategy strategy_version subject summary_json summary_text sync_session_scope title top_k triples updated_at user_id
        version
    """,
    "arandu": """
        AnthropicProvider Base CHUNKED ClusteringResult CommunityDetectionResult CompressedContext ConsolidationResult
        ContradictionResult CorrectionResult DirectiveBlock EmbeddingProvider EmotionalTrendsResult EntityDetail
        EntityImportanceResult ExpandedQuery ExtractionError ExtractionMode ExtractionStrategy FactDetail GraphRetrievalResult
        InputClassification InputType LLMProvider LLMResult LONG MEDIUM MemifyResult MemoryAttributeRegistry MemoryClient
        MemoryCluster MemoryConfig MemoryEntity MemoryEntityAlias MemoryEntityRelationship MemoryError MemoryEvent MemoryFact
        MemoryFactEntityLink MemoryIntention MemoryMetaObservation OpenAIProvider PatternQuery PipelineStep PipelineTrace
        ProfileConsolidationResult ReconciliationError ResolutionError RetrievalError RetrievalPlan RetrieveResult SHORT SINGLE_SHOT
        STRUCTURED ScoredFact SessionObservation SpreadingActivationResult SummaryRefreshResult TokenUsage UpsertError WriteResult
        active_only add_step agent_annotation agent_id alias allowed_keys api_key as_of_end as_of_range as_of_start
        attribute_aliases attribute_filter attribute_key avg_intensity base_confidence base_importance biographical_milestone
        broad_query cache_hit candidates canonical_entity_key canonical_entity_type canonical_key canonicalize_attribute_key
        category cause char_count check_directive_contradiction chunk_context_hint classification classify_input clear_pending close
        cluster_facts cluster_id cluster_max_age_days cluster_min_facts cluster_type cluster_user_facts clusters clusters_created
        clusters_explored clusters_in_communities clusters_reinforced cold_count communities_created communities_reinforced
        community_min_clusters community_similarity_threshold complete compress_broad_context compress_context
        compute_dynamic_importance compute_entity_importance compute_pattern_signal compute_vitality confidence confidence_default
        confidence_level_map config config_effective config_overrides confirmation_text conflict_policy conflicting_directive
        consolidate_entity_profiles consolidation_lookback_days consolidation_min_events content context context_max_tokens
        context_text contradiction_similarity_threshold conversational corrected_keys corrections_detected create_engine
        create_or_update_entity create_session_factory created_at data database_url delete delete_all detect_and_record_corrections
        detect_communities detect_entity_communities directive_cache_ttl_minutes directive_count directive_max_tokens display_name
        dominant_emotion dominant_energy dominant_intensity dry_run due_date duration_ms edges edges_reinforced edges_traversed
        edit_params effective_confidence elapsed embed embed_one embedding embedding_dimensions embedding_model embedding_provider
        embedding_vec embeddings emotion emotion_counts emotion_intensity emotion_label emotion_primary emotional_trend_min_events
        emotional_trend_window_days enable_informed_extraction enable_llm_resolution enable_reranker energy_level engine entities
        entities_explored entities_mentioned entities_resolved entities_scored entity_id entity_key entity_keys entity_name
        entity_pattern entity_profiles entity_type error estimated_chunks estimated_tokens event_id event_max_scan event_text events
        events_analyzed events_processed evidence_fact_id example_raw_key expand_query expanded_terms extra_attribute_keys
        extra_namespaces extra_relationship_hints extra_self_references extraction_timeout_sec fact fact_count fact_id fact_text
        facts facts_added facts_assigned facts_corrected_ids facts_deleted facts_marked_stale facts_scored facts_unchanged
        facts_updated first_detected_at first_seen_at fulfilled_at fuzzy_threshold generate_optimized_directives get get_all
        get_emotional_summary_for_context get_entities_for_user get_entity_by_key get_pending graph has_bullets has_contradiction
        has_headers has_tables hop1_count hop2_count hot_count hot_tier_ratio id importance importance_recency_halflife_days
        importance_score informed_extraction_context_budget_tokens informed_extraction_topk ingested_at init_db initialize
        input_tokens input_type intended_action intent intention invalidate_directive_cache invalidated_at is_active
        is_in_active_pattern is_primary is_sensitive is_stale is_user_correction key keyword kg_relationships_explored label
        last_confirmed_at last_reinforced_at last_retrieved_at last_seen_at last_updated_at last_used_at latency_ms limit line_count
        llm llm_provider materialize_emotional_trends max_facts max_facts_per_event max_tokens max_tokens_per_call
        memify_merge_similarity_threshold memory_attribute_registry memory_clusters memory_entities memory_entity_aliases
        memory_entity_relationships memory_events memory_fact_entity_links memory_facts memory_intentions memory_meta_observations
        merged_into_id merges_executed message messages meta_observations min_confidence min_edge_strength min_reranker_score
        min_score min_similarity mode model name needs_confirmation neighbor_keys new_directive new_fact normalize_key now
        observation_created observation_id observation_type observations_created observations_reinforced occurred_at offset old_fact
        outcome_note output_tokens pattern pattern_queries persona_text pipeline plan plan_retrieval primed_entities
        profile_refreshed_at profile_text profiles_consolidated profiles_skipped proposed_by provenance query query_embedding
        query_text raw raw_key reason recency recency_half_life_days recent_messages referenced_at refresh_entity_summaries rel_type
        relation_retry_triggered relationship_change relative_offset reranker reranker_timeout_sec reranker_weight resolution
        response_format retrieve retrieve_graph_facts retrieve_relevant_events routine_activity run_consolidation run_memify
        run_profile_consolidation run_read_pipeline run_write_pipeline save_pending_execution save_pending_selection saved_facts
        schema_prefixes score score_weights scores search_result search_vector section_count seed_fact_ids seed_scores seen_count
        select_strategy semantic session session_id session_observations similarity_query similarity_threshold skip_reason skipped
        source source_context source_entity_key source_event_id source_message_ids speaker speaker_name specific_event
        spread_activation spreading_activation_hops spreading_decay_factor spreading_facts_per_entity spreading_max_related_entities
        stable_preference stale_keys stale_threshold_days start status steps strategy strength success summaries_generated
        summaries_refreshed summaries_skipped summary summary_refresh_interval_days summary_refreshed_at summary_text
        supersedes_fact_id supporting_event_ids supporting_fact_ids t0 tag_event_emotion target_entity_key temperature
        temporal_range text texts timeout times_reinforced times_retrieved timezone title to_dict tokens_used tool_calls
        top_entities topic topk_events topk_facts total_candidates total_tokens trace trace_json transactions trend_direction
        trigger_condition trigger_embedding_vec trigger_keywords trigger_type triggered_at ttl_days updated_at usage
        user_correction_count valid_from valid_to validate_proposed_key value_json value_text value_type verbose vitality_score
        vitality_stale_threshold warm_count warm_tier_ratio warnings weights write
    """,
    "ibex": """
        ACTIVE ARCHIVED Agent BEHAVIORAL Base BaseRepository Checkpoint Directive DuplicateMemoryError EPISODIC EXTRACTED FACTUAL
        HotCacheService IMPORTED INFERRED MERGED Memory MemoryCategory MemoryRelationship MemoryRepository MemorySource MemoryStatus
        MemoryTag MemoryVersion MemoryWritePipeline Organization PENDING_REVIEW PREFERENCE PROCEDURAL SUPERSEDED SearchRequest
        Session SessionRepository Token USER_PROVIDED UpsertRequest User VectorStore WriteMemoryParams WriteMemoryResult
        _set_rls_context active_version_id agent_id agents allowed_ips archive archived_to billing_cycle_anchor billing_email
        candidate_memory_id category category_filter change_reason changed_by_type checkpoints co_occurs completed_at
        completion_hash confidence config conflict_resolution conflict_type content content_hash content_tokens contradicts create
        created_at created_by created_by_user custom_agent_quota custom_memory_quota custom_token_quota_monthly data delete
        deleted_at deletion_store_receipts derived_from description directive_id directive_version_id directive_versions directives
        ef_search email embedding embedding_dim embedding_model embedding_model_id embedding_profile event_type
        evidence_score_candidates expires_at external_id extraction failed_tasks feedback find_by_content_hash find_conflicts
        find_near_duplicates find_similar get_top_ids hash id injection_mode input_tokens is_active is_complete is_revoked
        is_streaming iterative_scan label last_active_at last_extracted_turn last_injected_at last_retrieved_at last_used_at
        last_used_ip latency_ms legal_holds limit memories memory_conflict_escalations memory_feedback memory_id memory_labels
        memory_relationships memory_supersession_edges memory_tags memory_versions merge merged_into messages_hash metadata
        metadata_ min_confidence min_similarity model name new_memory_id notes observed_at operation operator_action_ledger
        org_capture_policies org_deletion_jobs org_id organizations output_tokens permissions pii_detected pii_redacted prefix
        prev_hash privacy_audit_append privacy_audit_ledger provider provider_request_id query_embedding refines relation_type
        relationship_type request_id resolution_notes resolve_supersession_tip resolved_at resolved_by retrieval_count revoke_reason
        revoked_at revoked_by role row_hash search search_vector seq sequence_number session session_events session_id sessions
        set_service_org settings slug source source_id source_memory_id sso_provider sso_subject status stripe_customer_id
        subject_key superseded_by supersedes supports system tag tags target_id target_memory_id threshold tier tokens
        total_input_tokens total_latency_ms total_memories total_output_tokens total_sessions total_tokens_used trace_id turn_count
        turn_index type update updated_at upsert use_count usefulness_score user user_id users valid_from valid_until version_num
        versions was_duplicate was_flagged was_merged
    """,
}
